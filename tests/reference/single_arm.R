# One-sample log-rank test of survival, and exact binomial tests: Rscript single_arm.R > single_arm.json
suppressPackageStartupMessages({library(survival); library(jsonlite)})
time <- c(1.2, 3.4, 4.4, 6.1, 7.7, 9.3, 12, 14.2, 15.8, 18.9, 21.4, 24)
event <- c(1, 0, 1, 1, 0, 1, 0, 1, 0, 1, 0, 0)
rate <- log(2) / 9
found <- survdiff(Surv(time, event) ~ offset(exp(-rate * time)))
cat(toJSON(digits = 12, auto_unbox = TRUE, pretty = TRUE, list(
  versions = paste(R.version.string, "survival", packageVersion("survival")),
  time = time, event = event, observed = found$obs, expected = found$exp, chisq = found$chisq,
  binomial = lapply(c(30, 35, 40), function(x) list(x = x, n = 60, p = .545,
    p_value = binom.test(x, 60, .545, alternative = "greater")$p.value)))))
