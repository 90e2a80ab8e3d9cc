# Reference values from R's survival package for competing causes: multi-state survfit and cause-specific coxph on mgus2,
# whichever came first of progression to a plasma cell malignancy and death.
# Usage: Rscript competing_causes.R competing_causes.json

suppressPackageStartupMessages(library(survival))

number <- function(x) ifelse(is.na(x), "null", formatC(x, digits = 17, format = "g", width = 1))
to_json <- function(x) {
  if (is.list(x)) {
    parts <- mapply(function(k, v) paste0('"', k, '": ', to_json(v)), names(x), x)
    return(paste0("{", paste(parts, collapse = ",\n"), "}"))
  }
  text <- number(as.numeric(x))
  if (length(x) == 1 && is.null(attr(x, "vector"))) text else paste0("[", paste(text, collapse = ", "), "]")
}
many <- function(x) { x <- unname(as.numeric(x)); attr(x, "vector") <- TRUE; x }
tight <- coxph.control(eps = 1e-11, toler.chol = 1e-13, iter.max = 200)
coxes <- function(f) list(coef = many(coef(f)), std_error = many(sqrt(diag(vcov(f)))))

d <- mgus2
d$male <- as.numeric(d$sex == "M")
d$time <- ifelse(d$pstat == 1, d$ptime, d$futime)
d$cause <- ifelse(d$pstat == 1, 1, 2 * d$death)
d$event <- factor(d$cause, 0:2, c("censor", "pcm", "death"))
months <- c(12, 60, 120, 240)
curve <- function(d) {
  s <- summary(survfit(Surv(time, event) ~ 1, data = d), times = months, extend = TRUE)
  list(probability = many(t(s$pstate)), std_error = many(t(s$std.err)))
}
cox <- function(k) coxes(coxph(Surv(time, cause == k) ~ age + male, d, control = tight))
writeLines(to_json(list(
  data = lapply(d[c("time", "cause", "age", "male")], many), months = many(months),
  all = curve(d), men = curve(d[d$male == 1, ]), pcm = cox(1), death = cox(2))), commandArgs(trailingOnly = TRUE)[1])
