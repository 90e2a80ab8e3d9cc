# Reference values from R's survival on the first bundled reconstruction of study seed1_scirep2025: the tests of Tables 1 and 4 and
# the models of Table 5.
# Usage: Rscript study_tables.R ../../models/ensembles/seed1_scirep2025/cohorts.csv study_tables.json
suppressPackageStartupMessages(library(survival))
arguments <- commandArgs(trailingOnly = TRUE)
d <- subset(read.csv(arguments[1]), member == 1)
alc <- function(x) ifelse(x > 1, 0, ifelse(x >= 0.5, 1, 2))
d$s <- as.numeric(d$stage == "IV"); d$c <- as.numeric(d$coverage == "RPL"); d$q <- as.numeric(d$sequence == "concurrent")
d$n <- as.numeric(d$ici_cycles >= 6); d$r <- as.numeric(d$response %in% c("SD", "PD"))
d$m <- alc(d$alc_mid); d$p <- alc(d$alc_post); d$b <- pmin(alc(d$alc_baseline), 1)
d$f <- as.numeric(d$sex == "female"); d$o <- as.numeric(d$age >= 66); d$e <- as.numeric(d$ecog == 2)
number <- function(x) formatC(unname(x), digits = 17, format = "g", width = 1)
line <- function(name, x) paste0('"', name, '": [', paste(number(x), collapse = ", "), "]")
factors <- c("f", "o", "e", "s", "c", "q", "n", "r", "b", "m", "p")
tight <- coxph.control(eps = 1e-12, toler.chol = 1e-14, iter.max = 100)
found <- c()
for (endpoint in c("os", "pfs")) {
  y <- Surv(d[[paste0(endpoint, "_months")]], d[[paste0(endpoint, "_event")]])
  chi2 <- sapply(factors, function(k) survdiff(y ~ d[[k]])$chisq)
  df <- sapply(factors, function(k) length(unique(d[[k]])) - 1)
  p <- pchisq(chi2, df, lower.tail = FALSE)
  model <- if (endpoint == "os") y ~ s + n + q + c + m + r else y ~ s + q + p
  fit <- coxph(model, d, ties = "efron", control = tight)
  found <- c(found, line(paste0(endpoint, "_chi2"), chi2), line(paste0(endpoint, "_p"), p),
             line(paste0(endpoint, "_holm"), p.adjust(p, "holm")), line(paste0(endpoint, "_log_hr"), coef(fit)),
             line(paste0(endpoint, "_se"), sqrt(diag(vcov(fit)))))
}
for (endpoint in c("os", "pfs")) {
  three <- function(d) survdiff(Surv(d[[paste0(endpoint, "_months")]], d[[paste0(endpoint, "_event")]]) ~ sequence, d)$chisq
  groups <- c("ici_after_crt", "concurrent", "crt_after_ici")
  pairs <- sapply(list(c(1, 2), c(1, 3), c(2, 3)), function(k) three(subset(d, sequence %in% groups[k])))
  p <- pchisq(pairs, 1, lower.tail = FALSE)
  found <- c(found, line(paste0(endpoint, "_sequence"), c(three(d), pairs)),
             line(paste0(endpoint, "_sequence_holm"), p.adjust(p, "holm")),
             line(paste0(endpoint, "_sequence_bonferroni"), p.adjust(p, "bonferroni")))
}
for (endpoint in c("os", "pfs")) {
  for (name in c("crude", "adjusted", "within")) {
    own <- if (name == "within") subset(d, s == 1) else d
    y <- Surv(own[[paste0(endpoint, "_months")]], own[[paste0(endpoint, "_event")]])
    fit <- coxph(formula(if (name == "adjusted") "y ~ c + s" else "y ~ c"), own, control = tight)
    found <- c(found, line(paste0(endpoint, "_coverage_", name), c(coef(fit)[1], sqrt(vcov(fit)[1, 1]))))
  }
}
suppressPackageStartupMessages(library(cmprsk))
died <- d$pfs_event == 1 & d$os_event == 1 & d$pfs_months >= d$os_months
d$cause <- ifelse(d$pfs_event == 0, 0, ifelse(died, 2, 1))
at <- timepoints(cuminc(d$pfs_months, d$cause), c(12, 24, 36))$est
failed <- subset(d, cause == 1)
since <- survfit(Surv(os_months - pfs_months, os_event) ~ 1, failed)
found <- c(found, line("incidence_failure", at[1, ]), line("incidence_death", at[2, ]),
           line("after_failure", summary(since, times = c(12, 24))$surv), line("after_failure_n", nrow(failed)))
writeLines(paste0("{", paste(found, collapse = ",\n "), "}"), arguments[2])
