# Reference values from R's survival package for events between two months: Weibull and exponential models by survreg,
# Turnbull's estimate by survfit.
# Usage: Rscript interval_censoring.R interval_censoring.json diabetes.csv
# (lifelines.datasets.load_diabetes().to_csv("diabetes.csv", index=False); only its curve is stored)
# The patients are simulated here and stored with the values: exact deaths, progressions between visits every 3 months
# (every 6 after 2 years), progressions before the first visit, censored patients.

suppressPackageStartupMessages(library(survival))

number <- function(x) ifelse(is.na(x), "null", ifelse(is.infinite(x), '"Inf"', formatC(x, digits = 17, format = "g", width = 1)))
to_json <- function(x) {
  if (is.list(x)) {
    parts <- mapply(function(k, v) paste0('"', k, '": ', to_json(v)), names(x), x)
    return(paste0("{", paste(parts, collapse = ",\n"), "}"))
  }
  text <- number(as.numeric(x))
  if (length(x) == 1 && is.null(attr(x, "vector"))) text else paste0("[", paste(text, collapse = ", "), "]")
}
many <- function(x) { x <- unname(as.numeric(x)); attr(x, "vector") <- TRUE; x }

simulated <- function(seed, n) {
  set.seed(seed)
  arm <- rbinom(n, 1, 0.5)
  age <- round(rnorm(n, 64, 8))
  time <- rweibull(n, 1.2, 16 * exp(-(0.5 * arm + 0.02 * (age - 64)) / 1.2))
  died <- runif(n) < 0.3
  censored <- runif(n, 8, 50)
  visits <- c(0, seq(3, 24, 3), seq(30, 300, 6))
  before <- visits[findInterval(time, visits)]
  after <- visits[findInterval(time, visits) + 1]
  left <- round(ifelse(died, time, before), 4)
  right <- round(ifelse(died, time, after), 4)
  gone <- censored < right
  seen <- visits[findInterval(censored, visits)]
  left[gone] <- pmax(seen, 0.5)[gone]
  right[gone] <- NA
  data.frame(left = left, right = right, arm = arm, age = age)
}

values <- function(d) {
  y <- with(d, Surv(ifelse(left == 0, NA, left), right, type = "interval2"))
  control <- survreg.control(rel.tolerance = 1e-15, maxiter = 200)
  fit <- survreg(y ~ arm + age, data = d, dist = "weibull", control = control)
  constant <- survreg(y ~ arm, data = d, dist = "exponential", control = control)
  curve <- survfit(y ~ 1, se.fit = FALSE)
  list(
    data = lapply(d, many),
    weibull = list(coef = many(coef(fit)), scale = fit$scale, loglik = fit$loglik[2], var = many(vcov(fit))),
    exponential = list(coef = many(coef(constant)), loglik = constant$loglik[2]),
    turnbull = list(time = many(curve$time), surv = many(curve$surv))
  )
}

diabetes <- read.csv(commandArgs(TRUE)[2])
curve <- survfit(Surv(left, right, type = "interval2") ~ 1, data = diabetes, se.fit = FALSE)
out <- list(
  diabetes = list(time = many(curve$time), surv = many(curve$surv)),
  small = values(simulated(3, 79)),
  large = values(simulated(4, 400)),
  survival_version = as.numeric(gsub("-", ".", sub("^([0-9]+\\.[0-9]+).*", "\\1", packageVersion("survival"))))
)
writeLines(to_json(out), commandArgs(TRUE)[1])
