# Missing covariates by smcfcs (Bartlett 2015) and Rubin's rules by mice: tests/reference/missing.json.
# Rscript tests/reference/missing.R > tests/reference/missing.json
suppressPackageStartupMessages({library(survival); library(smcfcs); library(mice); library(jsonlite)})
set.seed(20261130)
n <- 200
arm <- rbinom(n, 1, 0.5)
sex <- rbinom(n, 1, 0.5)
grade <- 1 + (rnorm(n, 0.5 * arm) > -0.3) + 0
grade <- grade + (grade == 2 & rnorm(n, 0.5 * arm) > 0.6)
marker <- round(0.5 * arm + 0.4 * (grade - 2) - 0.3 * sex + rnorm(n), 4)
rate <- 0.02 * exp(0.5 * arm + 0.4 * marker + c(0, 0.5, 1)[grade] - 0.4 * sex)
died <- rexp(n) / rate
cens <- runif(n, 24, 60)
time <- round(pmin(died, cens), 4); event <- as.integer(died <= cens)
early <- event == 1 & time < 18 & arm == 1
gone <- matrix(runif(n * 3), n) < ifelse(early, 0.4, 0.12)
whole <- data.frame(time, event, arm, marker, grade, sex)
held <- whole
held$marker[gone[, 1]] <- NA; held$grade[gone[, 2]] <- NA; held$sex[gone[, 3]] <- NA
asked <- held; asked$grade <- factor(asked$grade, ordered = TRUE); asked$sex <- factor(asked$sex)
invisible(capture.output(imputed <- smcfcs(asked, smtype = "coxph", smformula = "Surv(time, event) ~ arm + marker + grade + sex",
  method = c("", "", "", "norm", "podds", "logreg"), m = 100, numit = 10, noisy = FALSE)))
fits <- lapply(imputed$impDatasets, function(d) {
  d$grade <- factor(as.integer(d$grade)); coxph(Surv(time, event) ~ arm + marker + grade + sex, d)
})
q <- sapply(fits, coef); u <- sapply(fits, function(f) diag(vcov(f)))
shares <- sapply(imputed$impDatasets, function(d) c(mean(d$marker[gone[, 1]]), table(factor(as.integer(d$grade), 1:3)[gone[, 2]]) / sum(gone[, 2]), mean(d$sex[gone[, 3]] == 1)))
cox <- function(d) { f <- coxph(Surv(time, event) ~ arm + marker + factor(grade) + sex, d); list(coef = unname(coef(f)), se = unname(sqrt(diag(vcov(f))))) }
few <- 5
pooled <- pool.scalar(q[2, 1:few], u[2, 1:few], n = sum(event), k = 5)
out <- list(
  versions = list(R = paste(R.version$major, R.version$minor, sep = "."), smcfcs = as.character(packageVersion("smcfcs")), mice = as.character(packageVersion("mice"))),
  data = as.list(held), before = cox(whole), complete_cases = cox(na.omit(held)),
  smcfcs = list(m = ncol(q), mean = unname(rowMeans(q)), within = unname(rowMeans(u)), between = unname(apply(q, 1, var)),
    imputed = unname(rowMeans(shares)), imputed_between = unname(apply(shares, 1, var))),
  rubin = list(q = unname(q[2, 1:few]), u = unname(u[2, 1:few]), complete = sum(event) - 5,
    qbar = pooled$qbar, t = pooled$t, df = pooled$df,
    low = pooled$qbar - qt(0.975, pooled$df) * sqrt(pooled$t)))
cat(toJSON(out, auto_unbox = TRUE, digits = 12, na = "null"), "\n")
