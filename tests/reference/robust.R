# Reference values from R's survival package for sampling weights and clusters: robust Cox, robust score test, Weibull,
# infinitesimal-jackknife Kaplan-Meier and restricted mean, and the scores behind a robust test of proportional hazards.
# Usage: Rscript robust.R robust.json
# The patients are simulated here and stored with the values. survreg(robust = TRUE) of survival 3.5-3 leaves the weights
# out of its sandwich (its variance falls by 100 when weights are multiplied by 10): weighted dfbetas are squared here.

suppressPackageStartupMessages(library(survival))

number <- function(x) {
  text <- formatC(x, digits = 17, format = "g", width = 1)
  ifelse(is.na(x), "null", ifelse(is.infinite(x), ifelse(x > 0, '"Inf"', '"-Inf"'), text))
}
to_json <- function(x) {
  if (is.list(x)) {
    parts <- mapply(function(k, v) paste0('"', k, '": ', to_json(v)), names(x), x)
    return(paste0("{", paste(parts, collapse = ",\n"), "}"))
  }
  text <- number(as.numeric(x))
  if (length(x) == 1 && is.null(attr(x, "vector"))) text else paste0("[", paste(text, collapse = ", "), "]")
}
many <- function(x) { x <- unname(as.numeric(x)); attr(x, "vector") <- TRUE; x }


set.seed(5)
n <- 60
d <- data.frame(time = round(rexp(n, 0.1), 0) + 1, event = rbinom(n, 1, .6), x = rnorm(n), group = sample(0:2, n, TRUE),
                weight = round(runif(n, .3, 3), 2), cluster = sample(1:15, n, TRUE))
d$entry <- ifelse(runif(n) < .4, round(d$time * runif(n) * 0.8, 1), 0)
d$id <- seq_len(n)
d$cluster <- as.integer(factor(d$cluster))
d$b <- as.numeric(d$group == 1)
d$c <- as.numeric(d$group == 2)

# Two cases: weights with each patient a unit; delayed entry, weights and clusters.
curve <- function(late) if (late) Surv(d$entry, d$time, d$event) else Surv(d$time, d$event)
case <- function(late, unit) {
  d$y <- curve(late)
  cox <- coxph(y ~ x + b + c, d, weights = weight, cluster = unit)
  test <- coxph(y ~ b + c, d, weights = weight, cluster = unit)
  strat <- coxph(y ~ x + strata(group), d, weights = weight, cluster = unit)
  km <- survfit(y ~ 1, d, weights = weight, cluster = unit, conf.type = "log-log")
  at <- summary(km)
  median <- quantile(km, 0.5)
  list(coef = many(coef(cox)), variance = many(cox$var), rscore = test$rscore, stratified = strat$var[1, 1],
       km = list(time = many(at$time), survival = many(at$surv), std_error = many(at$std.err), lower = many(at$lower),
                 upper = many(at$upper)),
       median = many(c(median$quantile, median$lower, median$upper)), ph = many(ph(late, unit)))
}

# Robust test that coefficients drift with g(t) = 1 - S(t-): patients split at every event time, scores of x g(t) at 0,
# less what the coefficients' own scores explain of them.
ph <- function(late, unit) {
  f <- coxph(curve(late) ~ x + b + c, d, weights = weight, robust = FALSE)
  km <- survfit(curve(late) ~ 1)
  before <- function(t) 1 - c(1, km$surv)[findInterval(t - 1e-9, km$time) + 1]
  died <- d$time[d$event == 1]
  full <- d[, c("entry", "time", "event", "x", "b", "c", "weight", "id")]
  if (!late) full$entry <- 0
  s <- survSplit(Surv(entry, time, event) ~ ., full, cut = sort(unique(died)), start = "from", end = "to", event = "dead")
  g <- before(s$to) - mean(before(died))
  s$gx <- s$x * g; s$gb <- s$b * g; s$gc <- s$c * g
  both <- coxph(Surv(from, to, dead) ~ x + b + c + gx + gb + gc, s, weights = weight, init = c(coef(f), 0, 0, 0),
                control = coxph.control(iter.max = 0), robust = FALSE)
  U <- rowsum(residuals(both, "score", weighted = TRUE), unit[s$id])
  information <- solve(both$var)
  r <- U[, 4:6] - U[, 1:3] %*% solve(information[1:3, 1:3]) %*% t(information[4:6, 1:3])
  chi2 <- function(k) { u <- colSums(r[, k, drop = FALSE]); drop(t(u) %*% solve(crossprod(r[, k, drop = FALSE])) %*% u) }
  c(chi2(1), chi2(2:3), chi2(1:3))
}

sandwich <- function(unit) {
  f <- survreg(Surv(time, event) ~ x + b + c, d, weights = weight, control = survreg.control(rel.tolerance = 1e-12))
  many(crossprod(rowsum(residuals(f, "dfbeta", weighted = TRUE), unit)))
}
plain <- survfit(Surv(time, event) ~ 1, d, weights = weight, robust = TRUE)
reverse <- quantile(survfit(Surv(time, 1 - event) ~ 1, d, weights = weight, robust = TRUE, conf.type = "log-log"), 0.5)
by_cluster <- survreg(Surv(time, event) ~ x + b + c, d, cluster = cluster)

write(to_json(list(
  data = lapply(d, many),
  alone = case(FALSE, d$id), late = case(TRUE, d$cluster),
  weibull_alone = sandwich(d$id), weibull_cluster = many(by_cluster$var),
  follow_up = many(c(reverse$quantile, reverse$lower, reverse$upper)),
  rmst_error = sqrt(sum(residuals(plain, times = 12, type = "rmst", weighted = TRUE)^2))
)), commandArgs(TRUE)[1])
