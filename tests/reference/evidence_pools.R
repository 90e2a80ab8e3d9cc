# Reference pools from R's metafor 3.8-1.
# Usage: Rscript evidence_pools.R evidence_pools.json
# REML with z (Wald) and with the Hartung-Knapp method; limits on the log hazard ratio, 17 significant digits.

suppressPackageStartupMessages(library(metafor))
number <- function(x) formatC(x, digits = 17, format = "g", width = 1)
pair <- function(x) paste0("[", paste(number(x), collapse = ", "), "]")

# Hazard ratio, lower, upper at 95 %: the studies are named in tests/unit/evidence/published.py.
pools <- list(
  rt_added = rbind(c(.51, .37, .71), c(.80, .55, 1.15), c(.580, .307, 1.095)),
  alc_low = rbind(c(1.50, 1.29, 1.75), c(1.771, 1.051, 2.985)),
  ici_added = rbind(c(.70, .57, .86), c(.74, .61, .89), c(.70, .58, .84), c(.58, .43, .78), c(.72, .60, .88),
                    c(.63, .51, .78), c(.70, .59, .83), c(.70, .55, .88)),
  spread = rbind(c(.30, .20, .45), c(1.20, .90, 1.60), c(.75, .40, 1.41), c(2.10, 1.50, 2.94), c(.60, .55, .65))
)
one <- function(name) {
  x <- pools[[name]]
  y <- log(x[, 1]); se <- log(x[, 3] / x[, 2]) / (2 * qnorm(.975)); k <- length(y)
  tight <- list(threshold = 1e-14, maxiter = 10000)
  wald <- rma(y, sei = se, method = "REML", control = tight)
  hk <- rma(y, sei = se, method = "REML", test = "knha", control = tight)
  common <- rma(y, sei = se, method = "FE")
  half <- if (k > 2) qt(.975, k - 2) * sqrt(wald$tau2 + wald$se^2) else NA
  fields <- c(
    mu = number(wald$beta), se = number(wald$se), wald = pair(c(wald$ci.lb, wald$ci.ub)),
    hartung_knapp_se = number(hk$se), hartung_knapp = pair(c(hk$ci.lb, hk$ci.ub)),
    fixed_mu = number(common$beta), fixed_se = number(common$se), tau = number(sqrt(wald$tau2)),
    i2 = number(wald$I2 / 100), q = number(wald$QE), q_p_value = number(wald$QEp),
    prediction = if (k > 2) pair(as.numeric(wald$beta) + c(-half, half)) else "null"
  )
  paste0(' "', name, '": {\n', paste0('  "', names(fields), '": ', fields, collapse = ",\n"), "\n }")
}
writeLines(paste0("{\n", paste(sapply(names(pools), one), collapse = ",\n"), "\n}"), commandArgs(trailingOnly = TRUE)[1])
