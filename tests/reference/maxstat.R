# Maximally selected log-rank statistic of R's maxstat, on 30 simulated patients without ties.
# Usage: Rscript maxstat.R maxstat.json

suppressPackageStartupMessages({library(maxstat); library(survival)})
number <- function(x) paste0("[", paste(formatC(x, digits = 17, format = "g", width = 1), collapse = ", "), "]")
set.seed(16)
n <- 30
x <- round(rexp(n), 3)
death <- rexp(n, 0.1 * ifelse(x > 0.8, 2, 1)); censored <- runif(n, 2, 20)
time <- round(pmin(death, censored), 4); event <- as.numeric(death <= censored)
found <- maxstat.test(Surv(time, event) ~ x, data = data.frame(time, event, x), smethod = "LogRank", pmethod = "none",
                      minprop = 0.1, maxprop = 0.9)
writeLines(sprintf('{"maxstat": "%s", "x": %s, "time": %s, "event": %s, "statistic": %s, "cut": %s}',
                   packageVersion("maxstat"), number(x), number(time), number(event),
                   formatC(unname(found$statistic), digits = 17, format = "g"), formatC(unname(found$estimate), digits = 17, format = "g")),
           commandArgs(TRUE)[1])
