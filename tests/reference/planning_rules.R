# Tests of one small trial without ties, as R's survival and mvtnorm have them: reference of tests/unit/trial/design/test_rules.py.
# Usage: Rscript planning_rules.R planning_rules.json
suppressPackageStartupMessages(library(survival))
i <- 1:60
unit <- (i * 0.6180339887498949) %% 1
treated <- i %% 2
stratum <- i %% 3
time <- -log(1 - unit) * 12 * ifelse(treated == 1, 1.5, 1)
event <- as.integer(i %% 4 != 0)
y <- Surv(time, event)
z <- function(fit) {
  observed <- sum(as.matrix(fit$obs)[2, ]); expected <- sum(as.matrix(fit$exp)[2, ])
  sign(expected - observed) * sqrt(fit$chisq)
}
number <- function(x) formatC(x, digits = 17, format = "g", width = 1)
rmst <- summary(survfit(y ~ treated), rmean = 18)$table[, c("rmean", "se(rmean)")]
landmark <- summary(survfit(y ~ treated), times = 12)
correlation <- matrix(c(1, 0.8, 0.5, 0.8, 1, 0.3, 0.5, 0.3, 1), 3)
set.seed(1)
orthant <- mvtnorm::pmvnorm(upper = rep(2, 3), corr = correlation, algorithm = mvtnorm::TVPACK(abseps = 1e-12))
# Against a hazard ratio of 1.3: the score test of the Cox model started there and not moved, and its Wald test.
margin <- function(strata) {
  model <- if (strata) y ~ treated + strata(stratum) else y ~ treated
  still <- coxph(model, init = log(1.3), control = coxph.control(iter.max = 0), ties = "breslow")
  moved <- coxph(model, ties = "breslow", control = coxph.control(eps = 1e-12, toler.chol = 1e-14, iter.max = 50))
  c(sign(log(1.3) - coef(moved)) * sqrt(still$score), (log(1.3) - coef(moved)) / sqrt(vcov(moved)))
}
against <- margin(FALSE); against_stratified <- margin(TRUE)
found <- c(
  log_rank = z(survdiff(y ~ treated)), g_half = z(survdiff(y ~ treated, rho = 0.5)),
  g_one = z(survdiff(y ~ treated, rho = 1)), stratified = z(survdiff(y ~ treated + strata(stratum))),
  rmst = rmst[2, 1] - rmst[1, 1], rmst_error = sqrt(sum(rmst[, 2]^2)),
  survival = landmark$surv[2] - landmark$surv[1], survival_error = sqrt(sum(landmark$std.err^2)),
  orthant = as.numeric(orthant), log_rank_margin = against[[1]], cox_margin = against[[2]],
  log_rank_margin_stratified = against_stratified[[1]], cox_margin_stratified = against_stratified[[2]])
lines <- paste0('  "', names(found), '": ', number(found), collapse = ",\n")
writeLines(paste0("{\n", lines, "\n}"), commandArgs(trailingOnly = TRUE)[1])
