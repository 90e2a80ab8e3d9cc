# Matching and weighting in plain R: Rscript matching.R ROSSI.csv matching.json, with rossi.csv of lifelines. Data:
# lalonde.csv (covariates as MatchIt has them; months and death SIMULATED) and rossi (432 released prisoners, weeks to
# arrest, fin = aid). Scores by glm; nearest neighbours by a plain loop; exact and coarsened exact weights by MatchIt
# 4.5.1; entropy weights by optim; effects by survival 3.5-3. MatchIt 4.5.1 of Debian 12 matches nearest neighbours beyond
# its own caliper, so that pairs are not taken from it.
suppressPackageStartupMessages({library(survival); library(MatchIt)})
args <- commandArgs(trailingOnly = TRUE)
num <- function(x) paste0("[", paste(ifelse(is.na(x), "null", formatC(unname(as.numeric(x)), digits = 17, format = "g")), collapse = ", "), "]")
word <- function(x) paste0("[", paste0('"', x, '"', collapse = ", "), "]")
tight <- coxph.control(eps = 1e-13, toler.chol = 1e-15, iter.max = 100)
exactly <- glm.control(epsilon = 1e-15, maxit = 200)
found <- c()
put <- function(name, text) found <<- c(found, paste0('"', name, '": ', text))

nearest <- function(score, treat, caliper = Inf, ratio = 1) {
  score <- round(score, 10)
  cases <- which(treat == 1); controls <- which(treat == 0)
  cases <- cases[order(-score[cases], cases)]
  free <- rep(TRUE, length(controls)); a <- c(); b <- c()
  for (k in seq_len(ratio)) for (i in cases) {
    if (!any(free)) next
    away <- round(abs(score[controls] - score[i]), 10); away[!free] <- Inf
    j <- which.min(away)
    if (away[j] <= caliper) { free[j] <- FALSE; a <- c(a, i); b <- c(b, controls[j]) }
  }
  list(treated = a, control = b)
}
sds <- function(x, treat) if (length(unique(x)) == 2) { p <- mean(x[treat == 1] == max(x)); (max(x) - min(x)) * sqrt(p * (1 - p)) } else sd(x[treat == 1])
smds <- function(X, treat, w) sapply(X, function(x) (weighted.mean(x[treat == 1], w[treat == 1]) - weighted.mean(x[treat == 0], w[treat == 0])) / sds(x, treat))
effects <- function(name, d, w, set = NULL) {
  keep <- w > 0; e <- d[keep, ]; e$w <- w[keep]
  fit <- if (is.null(set)) coxph(Surv(months, death) ~ treat, e, weights = w, robust = TRUE, control = tight) else { e$set <- set[keep]; coxph(Surv(months, death) ~ treat, e, weights = w, cluster = set, robust = TRUE, control = tight) }
  put(paste0(name, "_cox"), num(c(coef(fit), sqrt(vcov(fit)[1, 1]))))
  if (!is.null(set)) {
    s <- coxph(Surv(months, death) ~ treat + strata(set), e, control = tight)
    put(paste0(name, "_stratified"), num(c(coef(s), sqrt(vcov(s)[1, 1]))))
  }
}
# The derivative of the whole analysis by each patient's weight, by central differences: the infinitesimal jackknife.
jackknife <- function(name, d, formula, make) {
  whole <- function(v) {
    d$v <- v
    p <- suppressWarnings(fitted(glm(formula, binomial, d, weights = v, control = exactly)))
    d$u <- v * make(p, d$treat, v)
    coef(coxph(Surv(months, death) ~ treat, d, weights = u, control = tight))
  }
  n <- nrow(d); h <- 1e-3
  influence <- sapply(seq_len(n), function(i) { up <- down <- rep(1, n); up[i] <- 1 + h; down[i] <- 1 - h; (whole(up) - whole(down)) / (2 * h) })
  put(paste0(name, "_jackknife"), num(sqrt(sum(influence^2))))
}
study <- function(name, d, formula, X) {
  score <- fitted(glm(formula, binomial, d, control = exactly)); treat <- d$treat; n <- nrow(d)
  put(paste0(name, "_score"), num(score))
  put(paste0(name, "_before"), num(smds(c(list(score), X), treat, rep(1, n))))
  for (how in list(list("nearest", Inf, 1), list("caliper", 0.2 * sd(score), 1), list("two", Inf, 2))) {
    m <- nearest(score, treat, how[[2]], how[[3]])
    w <- rep(0, n); set <- rep(NA, n)
    first <- unique(sort(m$treated)); w[first] <- 1; set[first] <- match(first, first)
    set[m$control] <- match(m$treated, first)
    w[m$control] <- 1 / table(m$treated)[as.character(m$treated)]
    w[m$control] <- w[m$control] * length(m$control) / sum(w[m$control])
    label <- paste0(name, "_", how[[1]])
    put(paste0(label, "_treated"), num(m$treated - 1)); put(paste0(label, "_control"), num(m$control - 1))
    put(paste0(label, "_after"), num(smds(c(list(score), X), treat, w)))
    effects(label, d, w, set)
  }
  odds <- score / (1 - score); share <- mean(treat)
  effects(paste0(name, "_overlap"), d, ifelse(treat == 1, 1 - score, score))
  effects(paste0(name, "_iptw_ate"), d, ifelse(treat == 1, share / score, (1 - share) / (1 - score)))
  effects(paste0(name, "_iptw_att"), d, ifelse(treat == 1, 1, odds))
  Z <- scale(model.matrix(formula, d)[, -1]); Z <- cbind(1, Z); target <- colSums(Z[treat == 1, ])
  dual <- function(a) sum(exp(Z[treat == 0, ] %*% a)) - sum(target * a)
  slope <- function(a) as.numeric(t(Z[treat == 0, ]) %*% exp(Z[treat == 0, ] %*% a)) - target
  a <- optim(c(log(share), rep(0, ncol(Z) - 1)), dual, slope, method = "BFGS", control = list(reltol = 1e-16, maxit = 5000))$par
  for (k in 1:5) a <- a - solve(t(Z[treat == 0, ]) %*% (as.numeric(exp(Z[treat == 0, ] %*% a)) * Z[treat == 0, ]), slope(a))
  w <- ifelse(treat == 1, 1, exp(as.numeric(Z %*% a)))
  put(paste0(name, "_entropy_weight"), num(w)); effects(paste0(name, "_entropy"), d, w)
  u <- coxph(Surv(months, death) ~ treat, d, control = tight)
  put(paste0(name, "_unadjusted"), num(c(coef(u), sqrt(vcov(u)[1, 1]))))
  jackknife(paste0(name, "_overlap"), d, formula, function(p, t, v) ifelse(t == 1, 1 - p, p))
  jackknife(paste0(name, "_iptw_ate"), d, formula, function(p, t, v) { s <- weighted.mean(t, v); ifelse(t == 1, s / p, (1 - s) / (1 - p)) })
  jackknife(paste0(name, "_iptw_att"), d, formula, function(p, t, v) ifelse(t == 1, 1, p / (1 - p)))
}
d <- read.csv("lalonde.csv", stringsAsFactors = TRUE)
study("lalonde", d, treat ~ age + educ + race + married + nodegree + re74 + re75,
      list(d$age, d$educ, 1 * (d$race == "black"), 1 * (d$race == "hispan"), 1 * (d$race == "white"), d$married, d$nodegree, d$re74, d$re75))
m <- matchit(treat ~ race + married + nodegree, d, method = "exact"); put("lalonde_exact_weight", num(m$weights)); effects("lalonde_exact", d, m$weights)
jackknife("lalonde_exact", d, treat ~ race * married * nodegree, function(p, t, v) { w <- ifelse(t == 1, 1, p / (1 - p)); ifelse(t == 1, 1, w * sum(v[t == 0]) / sum((v * w)[t == 0])) })
for (e in c("ATT", "ATE")) { m <- matchit(treat ~ age + educ + race + married + nodegree + re74 + re75, d, method = "cem", estimand = e); put(paste0("lalonde_cem_", tolower(e), "_weight"), num(m$weights)) }
r <- read.csv(args[1]); names(r)[1:3] <- c("months", "death", "treat")
study("rossi", r, treat ~ age + race + wexp + mar + paro + prio, r[, c("age", "race", "wexp", "mar", "paro", "prio")])
writeLines(paste0("{\n", paste(found, collapse = ",\n"), "\n}"), args[2])
