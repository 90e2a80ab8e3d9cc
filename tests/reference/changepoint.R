# A slope of age that changes at 65 in larynx (lifelines): Rscript changepoint.R FOLDER changepoint.json, FOLDER that of its datasets.
suppressPackageStartupMessages(library(survival))
arguments <- commandArgs(trailingOnly = TRUE)
num <- function(x) paste0("[", paste(formatC(unname(x), digits = 17, format = "g", width = 1), collapse = ", "), "]")
d <- read.csv(file.path(arguments[1], "larynx.csv"))
fit <- coxph(Surv(time, death) ~ age + pmax(age - 65, 0) + Stage_II + Stage_III + Stage_IV, d,
             control = coxph.control(eps = 1e-14, toler.chol = 1e-16, iter.max = 100))
values <- c(45, 60, 75, 90)
w <- cbind(values - 55, pmax(values - 65, 0) - pmax(55 - 65, 0))
writeLines(paste0('{"values": ', num(values), ', "versus": 55, "log_hr": ', num(w %*% coef(fit)[1:2]), ', "se": ',
                  num(sqrt(diag(w %*% vcov(fit)[1:2, 1:2] %*% t(w)))), "}"), arguments[2])
