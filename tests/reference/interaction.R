# Interactions in GBSG2 (lifelines' copy), 686 patients: Rscript interaction.R FOLDER interaction.json, FOLDER that of its datasets.
suppressPackageStartupMessages(library(survival))
arguments <- commandArgs(trailingOnly = TRUE)
num <- function(x) paste0("[", paste(formatC(unname(x), digits = 17, format = "g", width = 1), collapse = ", "), "]")
d <- read.csv(file.path(arguments[1], "gbsg2.csv"))
d$horTh <- factor(d$horTh, c("no", "yes")); d$tgrade <- factor(d$tgrade, c("I", "II", "III")); d$age <- (d$age - 50) / 10; d$yes <- as.numeric(d$horTh == "yes")
tight <- coxph.control(eps = 1e-14, toler.chol = 1e-16, iter.max = 100)
entry <- function(name, formula, w) {
  fit <- coxph(formula, d, control = tight)
  stopifnot(!anyNA(coef(fit)))
  w <- w(names(coef(fit)))
  paste0('"', name, '": {"log_hr": ', num(w %*% coef(fit)), ', "se": ', num(sqrt(diag(w %*% vcov(fit) %*% t(w)))),
         ', "log_likelihood": ', num(fit$loglik[2]), "}")
}
unit <- function(all, ...) as.numeric(all %in% c(...))
found <- c(
  # yes over no in grade I, II, III; then the ratios of II and III over I
  entry("levels", Surv(time, cens) ~ horTh * tgrade, function(a) rbind(
    unit(a, "horThyes"), unit(a, "horThyes", "horThyes:tgradeII"), unit(a, "horThyes", "horThyes:tgradeIII"),
    unit(a, "horThyes:tgradeII"), unit(a, "horThyes:tgradeIII"))),
  # yes over no at age 50, at 60, and the ratio per 10 years
  entry("number", Surv(time, cens) ~ horTh * age, function(a) rbind(
    unit(a, "horThyes"), unit(a, "horThyes", "horThyes:age"), unit(a, "horThyes:age"))),
  # age per 10 in grade I, II, III; then the ratios
  entry("slopes", Surv(time, cens) ~ age * tgrade, function(a) rbind(
    unit(a, "age"), unit(a, "age", "age:tgradeII"), unit(a, "age", "age:tgradeIII"),
    unit(a, "age:tgradeII"), unit(a, "age:tgradeIII"))),
  # the same treatment effects with a baseline of each grade
  entry("strata", Surv(time, cens) ~ yes:tgrade + strata(tgrade), function(a) {
    each <- diag(3)
    stopifnot(identical(a, paste0("yes:tgrade", c("I", "II", "III"))))
    rbind(each, each[2:3, ] - each[c(1, 1), ])
  }))
writeLines(paste0("{", paste(found, collapse = ",\n "), "}"), arguments[2])
