# Reference values from R's cmprsk for competing causes: Gray's test, plain and stratified, and Fine-Gray's regression;
# the same regression by survival's finegray and coxph.
# mgus2 (whichever came first of progression to a plasma cell malignancy and death; times in whole months, many ties),
# whole, and every ninth patient; competing_causes.json holds the data.
# Usage: Rscript gray_fine_gray.R gray_fine_gray.json

suppressPackageStartupMessages({library(survival); library(cmprsk)})

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

d <- mgus2
d$male <- as.numeric(d$sex == "M")
d$time <- ifelse(d$pstat == 1, d$ptime, d$futime)
d$cause <- ifelse(d$pstat == 1, 1, 2 * d$death)
d$old <- as.numeric(cut(d$age, c(0, 60, 75, 200))) - 1

gray <- function(d, group, strata = NULL) {
  found <- if (is.null(strata)) cuminc(d$time, d$cause, group) else cuminc(d$time, d$cause, group, strata)
  list(chi2 = many(found$Tests[, "stat"]), p_value = many(found$Tests[, "pv"]), df = many(found$Tests[, "df"]))
}
regression <- function(d, k, columns) {
  f <- crr(d$time, d$cause, as.matrix(d[, columns]), failcode = k, gtol = 1e-12, maxiter = 100)
  list(coef = many(f$coef), std_error = many(sqrt(diag(f$var))), loglik = many(f$loglik))
}
weighted <- function(d, k) {
  d$id <- seq_len(nrow(d))
  d$kind <- factor(d$cause, 0:2, c("censor", "pcm", "death"))
  f <- finegray(Surv(time, kind) ~ age + male + id, data = d, etype = k)
  tight <- coxph.control(eps = 1e-11, toler.chol = 1e-13, iter.max = 200)
  m <- coxph(Surv(fgstart, fgstop, fgstatus) ~ age + male, f, weights = fgwt, cluster = id, ties = "breslow",
             control = tight)
  list(coef = many(coef(m)), std_error = many(sqrt(diag(vcov(m)))))
}
of <- function(d) list(
  pcm_finegray = weighted(d, "pcm"), death_finegray = weighted(d, "death"),
  gray_male = gray(d, d$male), gray_old = gray(d, d$old), gray_male_within_old = gray(d, d$male, d$old),
  pcm = regression(d, 1, c("age", "male")), death = regression(d, 2, c("age", "male")))
writeLines(to_json(list(whole = of(d), few = of(d[seq(1, nrow(d), by = 9), ]))), commandArgs(trailingOnly = TRUE)[1])
