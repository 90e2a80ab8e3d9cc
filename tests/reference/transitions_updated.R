# Covariates that change, in each transition of an illness-death model, by R's survival: tmerge and coxph.
# SIMULATED: 200 patients with a marker at 0, 3 and 9 months, some values missing, and a treatment that starts late.
# Usage: Rscript transitions_updated.R transitions_updated.json
suppressPackageStartupMessages(library(survival))
tight <- coxph.control(eps = 1e-14, toler.chol = 1e-16, iter.max = 100)
num <- function(x) paste0("[", paste(ifelse(is.na(x), "null", formatC(unname(x), digits = 17, format = "g")), collapse = ", "), "]")
fit <- function(y, data) {
  f <- coxph(y ~ treated + marker, data, control = tight)
  paste0("{\"coef\": ", num(coef(f)), ", \"se\": ", num(sqrt(diag(vcov(f)))), "}")
}
set.seed(20262)
n <- 200
first <- rexp(n, 0.05); second <- rexp(n, 0.025); censored <- runif(n, 18, 60)
left <- round(pmin(first, second, censored), 3)
progressed <- as.numeric(first < pmin(second, censored))
death <- ifelse(progressed == 1, first + rexp(n, 0.06), second)
last <- round(ifelse(progressed == 1, pmin(death, censored), left), 3)
died <- as.numeric(death <= censored)
marker <- matrix(round(exp(rnorm(3 * n, 0.2, 0.4)), 2), n, 3)
marker[last <= 3, 2] <- NA
marker[last <= 9, 3] <- NA
marker[sample(n, 12), 1] <- NA
marker[sample(n, 20), 2] <- NA
start <- round(runif(n, 0, 20), 3)
start[!(start < last & runif(n) < 0.6)] <- NA
d <- data.frame(id = 1:n, left, seen = pmax(progressed, died * (progressed == 0)), last, died, start,
                m0 = marker[, 1], m1 = marker[, 2], m2 = marker[, 3])
long <- do.call(rbind, lapply(1:3, function(k) data.frame(id = 1:n, at = c(0, 3, 9)[k], value = marker[, k])))
long <- long[!is.na(long$value), ]
long <- long[order(long$id, long$at), ]
rows <- function(who, begin, end, event) {
  base <- data.frame(id = d$id, start = d$start, begin, end, event)[who, ]
  w <- tmerge(base["id"], base, id = id, e = event(end, event), tstart = begin, tstop = end)
  w <- tmerge(w, long[long$id %in% base$id, ], id = id, marker = tdc(at, value))
  w <- tmerge(w, base[!is.na(base$start), ], id = id, treated = tdc(start))
  w[!is.na(w$marker), ]
}
all <- rep(TRUE, n)
one <- rows(all, rep(0, n), d$left, progressed)
two <- rows(all, rep(0, n), d$left, d$seen - progressed)
three <- rows(progressed == 1 & d$last > d$left, d$left, d$last, d$died)
ago <- d$left[three$id]
columns <- paste(sapply(names(d), function(x) paste0("\"", x, "\": ", num(d[[x]]))), collapse = ", ")
writeLines(paste0("{\n\"simulated\": {", columns, "},\n\"progression\": ", fit(with(one, Surv(tstart, tstop, e)), one),
  ",\n\"death_without_progression\": ", fit(with(two, Surv(tstart, tstop, e)), two),
  ",\n\"forward\": ", fit(with(three, Surv(tstart, tstop, e)), three),
  ",\n\"reset\": ", fit(Surv(three$tstart - ago, three$tstop - ago, three$e), three), "\n}"), commandArgs(trailingOnly = TRUE)[1])
