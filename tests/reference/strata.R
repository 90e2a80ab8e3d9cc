# Reference values from R's survival package for centres and strata: stratified and trend log-rank, stratified Cox,
# shared frailties, likelihood-ratio test of an interaction, P value of an RMST difference.
# Usage: Rscript strata.R strata.json
# The patients are simulated here and stored with the values.

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

simulated <- function(seed, centre, arm, sd) {
  set.seed(seed)
  n <- length(centre)
  stage <- sample(0:2, n, replace = TRUE)
  age <- round(rnorm(n, 64, 8))
  effect <- rnorm(max(centre) + 1, 0, sd)
  rate <- 0.05 * exp(0.4 * arm + 0.3 * stage + 0.02 * (age - 64) + effect[centre + 1])
  death <- rexp(n, rate)
  censored <- runif(n, 6, 40)
  # Whole months: many ties. Nobody leaves before month 1.
  time <- pmax(1, ceiling(pmin(death, censored)))
  entry <- ifelse(runif(n) < 0.3, pmin(time - 1, sample(0:4, n, replace = TRUE)), 0)
  data.frame(time, event = as.numeric(death <= censored), entry, weight = sample(1:3, n, replace = TRUE),
             centre, arm, stage, age)
}

# Five large centres; forty small ones of one to three patients, of which one has no event and one a single arm.
large <- simulated(1, rep(0:4, length.out = 150), rep(0:1, each = 75), 0.8)
sizes <- rep(c(1, 2, 3, 2), 10)
small <- simulated(2, rep(0:39, sizes), rep(c(0, 1), length.out = sum(sizes)), 0.5)
small$event[small$centre == 7] <- 0
small$arm[small$centre == 2] <- 1
# One large centre without an event, one where everybody is in one arm.
odd <- simulated(3, rep(0:5, length.out = 120), rep(0:1, 60), 0.6)
odd$arm <- as.numeric(runif(120) < 0.5)
odd$event[odd$centre == 1] <- 0
odd$arm[odd$centre == 4] <- 1

tight <- coxph.control(eps = 1e-11, toler.chol = 1e-13, iter.max = 200, outer.max = 200)
coxes <- function(f) list(coef = many(coef(f)), std_error = many(sqrt(diag(vcov(f)))), log_likelihood = f$loglik[2])
test <- function(s) list(chi2 = s$chisq, df = sum(s$n > 0) - 1, p_value = s$pvalue)

values <- function(d) {
  d$g <- factor(d$arm); d$s <- factor(d$stage)
  y <- Surv(d$time, d$event)
  late <- Surv(d$entry, d$time, d$event)
  logrank <- function(f) {
    s <- survdiff(f, data = d)
    groups <- if (is.matrix(s$obs)) nrow(s$obs) else length(s$obs)
    list(chi2 = s$chisq, df = groups - 1, p_value = pchisq(s$chisq, groups - 1, lower.tail = FALSE))
  }
  # Score test of the exact partial likelihood: Tarone's test with the hypergeometric variance.
  trend <- function(f) { t <- summary(coxph(f, data = d, ties = "exact"))$sctest
    list(chi2 = t[["test"]], p_value = t[["pvalue"]]) }
  # The gamma variance: R's own search stops about 5e-5 short, so its marginal likelihood is maximised again here.
  frailty_of <- function(distribution) {
    fit <- function(...) coxph(y ~ arm + age + frailty(centre, distribution = distribution, sparse = FALSE, ...), d,
                               control = tight)
    f <- fit(eps = 1e-11)
    variance <- f$history[[1]]$theta
    if (distribution == "gamma") {
      height <- function(theta) fit(theta = theta)$history[[1]]$c.loglik
      variance <- optimize(height, variance * c(0.9, 1.1), maximum = TRUE, tol = 1e-9)$maximum
      f <- fit(theta = variance)
    }
    list(coef = many(coef(f)[c("arm", "age")]), std_error = many(sqrt(diag(vcov(f))[1:2])), variance = variance)
  }
  interaction <- function(strata) {
    alone <- if (strata) coxph(y ~ g + s + strata(centre), d, control = tight) else coxph(y ~ g + s, d, control = tight)
    both <- update(alone, . ~ . + g:s)
    chi2 <- 2 * (both$loglik[2] - alone$loglik[2])
    list(chi2 = chi2, df = 2, p_value = pchisq(chi2, 2, lower.tail = FALSE))
  }
  subgroups <- function(f) {
    L <- cbind(1, 0, 0, rbind(c(0, 0), c(1, 0), c(0, 1)))
    list(coef = many(L %*% coef(f)), std_error = many(sqrt(diag(L %*% vcov(f) %*% t(L)))))
  }
  # Restricted means from survfit; variance of each as Greenwood's, so the difference is survRM2's (unadjusted).
  until <- 18
  mean_of <- function(rows) {
    m <- survival:::survmean(survfit(Surv(time, event) ~ 1, d[rows, ]), rmean = until)$matrix
    c(m[["rmean"]], m[["se(rmean)"]])
  }
  a <- mean_of(d$arm == 1); b <- mean_of(d$arm == 0)
  se <- sqrt(a[2]^2 + b[2]^2)
  list(
    data = lapply(d[c("time", "event", "entry", "weight", "centre", "arm", "stage", "age")], many),
    logrank_arm = logrank(y ~ arm + strata(centre)),
    logrank_stage = logrank(y ~ stage + strata(centre)),
    trend = trend(y ~ stage),
    trend_strata = trend(y ~ stage + strata(centre)),
    cox = coxes(coxph(y ~ arm + stage + age + strata(centre), d, control = tight)),
    cox_late = coxes(coxph(late ~ arm + stage + age + strata(centre), d, control = tight)),
    cox_weight = coxes(coxph(y ~ arm + stage + age + strata(centre), d, weights = weight, robust = FALSE, control = tight)),
    cox_levels = coxes(coxph(y ~ g + s + age + strata(centre), d, control = tight)),
    subgroups = subgroups(coxph(y ~ g * s + strata(centre), d, control = tight)),
    cox_two = coxes(coxph(y ~ arm + age + strata(centre, stage), d, control = tight)),
    frailty_gamma = frailty_of("gamma"),
    frailty_normal = frailty_of("gaussian"),
    interaction = interaction(FALSE),
    interaction_strata = interaction(TRUE),
    rmst = list(until = until, difference = a[1] - b[1], lower = a[1] - b[1] - qnorm(0.975) * se,
                upper = a[1] - b[1] + qnorm(0.975) * se, p_value = 2 * pnorm(-abs(a[1] - b[1]) / se)))
}

writeLines(to_json(list(
  r_version = as.numeric(paste0(R.version$major, ".", sub("\\..*", "", R.version$minor))),
  large = values(large), small = values(small), odd = values(odd))), commandArgs(trailingOnly = TRUE)[1])
