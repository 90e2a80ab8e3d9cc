# Reference values from R's survival package for several endpoints of the same patients: Cox regression stratified by
# endpoint with errors by patient (Wei, Lin & Weissfeld 1989), on mgus2: survival, and survival free of progression; and
# Weibull regressions of each, as log hazard ratios: errors of the model, and by patient what both go together.
# Usage: Rscript several_endpoints.R several_endpoints.json

suppressPackageStartupMessages(library(survival))

number <- function(x) formatC(x, digits = 17, format = "g", width = 1)
list_of <- function(x) paste0("[", paste(number(unname(as.numeric(x))), collapse = ", "), "]")
field <- function(name, x) paste0('"', name, '": ', list_of(x))

d <- mgus2
d$failed <- as.integer(d$pstat == 1 | (d$death == 1 & d$ptime == d$futime))
d$male <- as.integer(d$sex == "M")
rows <- rbind(
  data.frame(id = d$id, time = d$futime, event = d$death, age = d$age, male = d$male, endpoint = "os"),
  data.frame(id = d$id, time = d$ptime, event = d$failed, age = d$age, male = d$male, endpoint = "pfs")
)
for (name in c("os", "pfs")) {
  rows[[paste0("age_", name)]] <- rows$age * (rows$endpoint == name)
  rows[[paste0("male_", name)]] <- rows$male * (rows$endpoint == name)
}
tight <- coxph.control(eps = 1e-11, toler.chol = 1e-13, iter.max = 200)
own <- coxph(Surv(time, event) ~ age_os + male_os + age_pfs + male_pfs + strata(endpoint) + cluster(id), rows,
             control = tight)
one <- coxph(Surv(time, event) ~ age + male + strata(endpoint) + cluster(id), rows, control = tight)
alone <- coxph(Surv(futime, death) ~ age + male, d, control = tight)

within <- coxph(Surv(time, event) ~ age_os + age_pfs + strata(endpoint, male) + cluster(id), rows, control = tight)
within_alone <- sapply(list(Surv(d$futime, d$death), Surv(d$ptime, d$failed)),
                       function(y) sqrt(vcov(coxph(y ~ d$age + strata(d$male), control = tight))))
weibull <- function(time, event) {
  fit <- survreg(Surv(time, event) ~ age + male, d, control = survreg.control(rel.tolerance = 1e-12))
  # log hazard ratios are -b / scale; the last column of dfbeta and of the covariance is log scale.
  turn <- cbind(0, -diag(2) / fit$scale, coef(fit)[2:3] / fit$scale)
  list(coef = -coef(fit)[2:3] / fit$scale, covariance = turn %*% vcov(fit) %*% t(turn),
       moved = residuals(fit, "dfbeta") %*% t(turn))
}
both <- list(os = weibull(d$futime, d$death), pfs = weibull(d$ptime, d$failed))

parts <- c(
  paste0('"data": {', paste(mapply(field, c("os", "died", "pfs", "failed", "age", "male"),
                                   list(d$futime, d$death, d$ptime, d$failed, d$age, d$male)), collapse = ",\n"), "}"),
  field("coef", coef(own)), field("covariance", vcov(own)),
  field("shared_coef", coef(one)), field("shared_covariance", vcov(one)),
  field("alone_coef", coef(alone)), field("alone_se", sqrt(diag(vcov(alone)))),
  field("strata_coef", coef(within)), field("strata_covariance", vcov(within)), field("strata_alone_se", within_alone),
  field("weibull_coef", c(both$os$coef, both$pfs$coef)),
  field("weibull_os_covariance", both$os$covariance), field("weibull_pfs_covariance", both$pfs$covariance),
  field("weibull_robust", crossprod(cbind(both$os$moved, both$pfs$moved)))
)
writeLines(paste0("{", paste(parts, collapse = ",\n"), "}"), commandArgs(TRUE)[1])
