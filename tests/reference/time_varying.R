# Reference values from R for effects that change over time: coxph() and glm(poisson) on rows split by survSplit().
# Usage: Rscript time_varying.R FOLDER time_varying.json, FOLDER that of lifelines' datasets (larynx.csv, lung.csv).

suppressPackageStartupMessages(library(survival))
arguments <- commandArgs(trailingOnly = TRUE)

number <- function(x) formatC(x, digits = 17, format = "g", width = 1)
many <- function(x) paste0("[", paste(number(unname(x)), collapse = ", "), "]")

# Coefficients of x in each segment (all columns of the first segment first), then of the others.
by_segment <- function(data, x, others, cuts, segments) {
  cut_at <- sort(unique(c(cuts, segments)))
  rows <- survSplit(Surv(time, event) ~ ., data, cut = cut_at, start = "start", episode = "part")
  rows$segment <- findInterval(rows$start, segments)
  rows$piece <- factor(findInterval(rows$start, cuts))
  names_of <- c()
  for (s in 0:length(segments)) for (name in x) {
    rows[[paste0(name, "_", s)]] <- rows[[name]] * (rows$segment == s)
    names_of <- c(names_of, paste0(name, "_", s))
  }
  terms <- c(names_of, others)
  right <- paste(terms, collapse = " + ")
  exact <- coxph.control(eps = 1e-14, toler.chol = 1e-16, iter.max = 100)
  cox <- coxph(as.formula(paste("Surv(start, time, event) ~", right)), rows, control = exact)
  rows$months <- rows$time - rows$start
  poisson_fit <- glm(as.formula(paste("event ~ piece +", right, "+ offset(log(months))")), poisson, rows,
                     control = glm.control(epsilon = 1e-15, maxit = 100))
  kept <- match(terms, names(coef(poisson_fit)))
  paste0('{"cox": ', many(coef(cox)[terms]), ', "cox_se": ', many(sqrt(diag(vcov(cox))[terms])),
         ', "glm": ', many(coef(poisson_fit)[kept]), ', "glm_se": ', many(sqrt(diag(vcov(poisson_fit))[kept])), "}")
}

larynx <- read.csv(file.path(arguments[1], "larynx.csv"))
larynx <- with(larynx, data.frame(time = 12 * time, event = death, II = Stage_II, III = Stage_III, IV = Stage_IV,
                                  age = (age - 65) / 10))
lung <- read.csv(file.path(arguments[1], "lung.csv"))
lung <- with(lung, data.frame(time = time / 30.4375, event = status, female = as.numeric(sex == 2), age = (age - 65) / 10))
stages <- c("II", "III", "IV")
found <- c(
  larynx_on = by_segment(larynx, stages, "age", c(12, 36), 36),
  larynx_off = by_segment(larynx, stages, "age", c(12, 36), 20),
  larynx_two = by_segment(larynx, stages, "age", c(12, 36), c(20, 36)),
  lung_on = by_segment(lung, "age", "female", c(3, 6, 12), 6),
  lung_off = by_segment(lung, "age", "female", c(3, 6, 12), 8),
  lung_levels = by_segment(lung, "female", "age", c(3, 6, 12), c(5, 12))
)
writeLines(paste0("{", paste0('"', names(found), '": ', found, collapse = ",\n"), "}"), arguments[2])
