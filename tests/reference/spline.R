# Reference values from R for natural cubic splines: coxph(ns()) and glm(poisson) with ns() of the same knots.
# Usage: Rscript spline.R FOLDER spline.json, FOLDER that of lifelines' datasets (larynx.csv, lung.csv).
# Log hazard ratios of values over a reference, and their standard errors.

suppressPackageStartupMessages({ library(survival); library(splines) })
arguments <- commandArgs(trailingOnly = TRUE)
number <- function(x) formatC(x, digits = 17, format = "g", width = 1)
many <- function(x) paste0("[", paste(number(unname(x)), collapse = ", "), "]")

curve_of <- function(data, knots, others, cuts, values, versus) {
  outer <- range(knots); inner <- knots[2:(length(knots) - 1)]
  basis <- function(x) ns(x, knots = inner, Boundary.knots = outer)
  columns <- basis(data$age)
  names_of <- paste0("curve", seq_len(ncol(columns)))
  data[names_of] <- unclass(columns)[, seq_len(ncol(columns))]
  right <- paste(c(names_of, others), collapse = " + ")
  cox <- coxph(as.formula(paste("Surv(time, event) ~", right)), data,
               control = coxph.control(eps = 1e-14, toler.chol = 1e-16, iter.max = 100))
  rows <- survSplit(Surv(time, event) ~ ., data, cut = cuts, start = "start", episode = "part")
  rows$months <- rows$time - rows$start
  poisson_fit <- glm(as.formula(paste("event ~ factor(part) +", right, "+ offset(log(months))")), poisson, rows,
                     control = glm.control(epsilon = 1e-15, maxit = 100))
  # Once more from the maximum: glm takes errors from the weights of the step before its last.
  poisson_fit <- update(poisson_fit, start = coef(poisson_fit))
  apart <- unclass(basis(values))[, names_of <- seq_len(ncol(columns))] -
    matrix(unclass(basis(versus))[1, ], length(values), ncol(columns), byrow = TRUE)
  kept <- paste0("curve", seq_len(ncol(columns)))
  of <- function(fit) c(estimate = many(apart %*% coef(fit)[kept]),
                        se = many(sqrt(diag(apart %*% vcov(fit)[kept, kept] %*% t(apart)))))
  a <- of(cox); b <- of(poisson_fit)
  paste0('{"values": ', many(values), ', "versus": ', number(versus), ', "cox": ', a["estimate"], ', "cox_se": ', a["se"],
         ', "glm": ', b["estimate"], ', "glm_se": ', b["se"], "}")
}

larynx <- read.csv(file.path(arguments[1], "larynx.csv"))
larynx <- with(larynx, data.frame(time = 12 * time, event = death, II = Stage_II, III = Stage_III, IV = Stage_IV, age))
lung <- read.csv(file.path(arguments[1], "lung.csv"))
lung <- with(lung, data.frame(time = time / 30.4375, event = status, female = as.numeric(sex == 2), age))
found <- c(
  larynx = curve_of(larynx, c(41, 55, 65, 75, 86), c("II", "III", "IV"), c(12, 36), c(45, 60, 70, 86, 95, 30), 65),
  lung = curve_of(lung, c(39, 56, 63, 69, 82), "female", c(3, 6, 12), c(40, 50, 60, 70, 80, 90), 65),
  lung_three = curve_of(lung, c(45, 60, 75), "female", c(3, 6, 12), c(40, 50, 60, 70, 80, 90), 65)
)
writeLines(paste0("{", paste0('"', names(found), '": ', found, collapse = ",\n"), "}"), arguments[2])
