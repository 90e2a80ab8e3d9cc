# Reference values for Weibull baselines of each transition on mgus2: survreg, transition by transition; after progression
# with months since time zero, which survreg cannot truncate, the maximum of the likelihood written out, by optim.
# Usage: Rscript transitions_weibull.R transitions_weibull.json

suppressPackageStartupMessages(library(survival))

number <- function(x) formatC(as.numeric(x), digits = 17, format = "g", width = 1)
to_json <- function(x) paste0("{", paste(mapply(function(k, v) paste0('"', k, '": ', if (is.list(v)) to_json(v) else
  paste0("[", paste(number(v), collapse = ", "), "]")), names(x), x), collapse = ",\n"), "}")
exact <- survreg.control(rel.tolerance = 1e-13, maxiter = 200)
# H(t | x) = exp((log t - mu - x'g) / scale): log H at 12 months for x = 0, log shape, log hazard ratios.
weibull <- function(y, data) {
  f <- survreg(y ~ age + male, data, dist = "weibull", control = exact)
  list(level = (log(12) - coef(f)[1]) / f$scale, log_shape = -log(f$scale), effects = -coef(f)[-1] / f$scale,
       log_likelihood = f$loglik[2])
}
truncated <- function(start, stop, event, x) {
  loss <- function(p) {
    k <- exp(p[2]); eta <- p[1] + as.vector(x %*% p[3:4])
    -sum(event * (eta + p[2] - log(stop) + k * log(stop / 12)) - exp(eta) * ((stop / 12)^k - (start / 12)^k))
  }
  p <- c(-2, 0, 0, 0)
  for (i in 1:6) p <- optim(p, loss, method = "BFGS", control = list(reltol = 1e-15, maxit = 1000, parscale = c(1, 1, 0.01, 1)))$par
  list(level = p[1], log_shape = p[2], effects = p[3:4], log_likelihood = -loss(p))
}

d <- mgus2
d$male <- as.numeric(d$sex == "M")
d$entry <- 0
d <- d[d$futime > 0, ]
same <- d$pstat == 1 & d$death == 1 & d$ptime == d$futime
d$first <- ifelse(d$pstat == 1 & !same, 1, ifelse(d$death == 1 & d$ptime == d$futime, 2, 0))
later <- d[d$first == 1 & d$futime > d$ptime, ]
x <- as.matrix(later[c("age", "male")])
writeLines(to_json(list(
  progression = weibull(Surv(d$ptime, d$first == 1), d),
  death_without_progression = weibull(Surv(d$ptime, d$first == 2), d),
  since_progression = weibull(Surv(later$futime - later$ptime, later$death), later),
  after_progression = truncated(later$ptime, later$futime, later$death, x))), commandArgs(trailingOnly = TRUE)[1])
