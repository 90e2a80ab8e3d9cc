# Residuals of R's coxph (Efron) with ties, delayed entry and weights; Brier score and AUC of riskRegression's Score.
# Usage: Rscript checks_of_fit.R checks_of_fit.json

suppressPackageStartupMessages({library(survival); library(riskRegression)})
number <- function(x) paste0("[", paste(formatC(x, digits = 17, format = "g", width = 1), collapse = ", "), "]")
set.seed(8)
n <- 40
x <- rnorm(n); z <- rbinom(n, 1, 0.4)
death <- rexp(n, 0.05 * exp(0.6 * x + 0.5 * z)); censored <- runif(n, 5, 60)
time <- ceiling(pmin(death, censored)); event <- as.numeric(death <= censored)
entry <- pmin(rbinom(n, 1, 0.4) * floor(runif(n, 0, 4)), time - 1); weight <- round(runif(n, 0.5, 2), 2)

plain <- coxph(Surv(time, event) ~ x + z)
late <- coxph(Surv(entry, time, event) ~ x + z, weights = weight, robust = FALSE)

smooth <- pmin(death, censored); data <- data.frame(time = smooth, event, x)
survival <- exp(-0.05 * 12 * exp(0.5 * x)); survival24 <- exp(-0.05 * 24 * exp(0.5 * x))
scored <- Score(list(m = cbind(1 - survival, 1 - survival24)), formula = Surv(time, event) ~ 1, data = data,
                times = c(12, 24), metrics = c("brier", "auc"), cens.model = "km", conf.int = FALSE, null.model = TRUE)
brier <- as.data.frame(scored$Brier$score); auc <- as.data.frame(scored$AUC$score)
out <- c(
  sprintf('"survival": "%s", "riskRegression": "%s"', packageVersion("survival"), packageVersion("riskRegression")),
  sprintf('"x": %s, "z": %s, "time": %s, "event": %s, "entry": %s, "weight": %s', number(x), number(z), number(time),
          number(event), number(entry), number(weight)),
  sprintf('"martingale": %s, "deviance": %s', number(residuals(plain, "martingale")), number(residuals(plain, "deviance"))),
  sprintf('"coef_late": %s, "martingale_late": %s', number(coef(late)), number(residuals(late, "martingale"))),
  sprintf('"coef": %s, "smooth": %s, "survival12": %s, "survival24": %s', number(coef(plain)), number(smooth),
          number(survival), number(survival24)),
  sprintf('"brier": %s, "brier_null": %s, "auc": %s', number(brier$Brier[brier$model == "m"]),
          number(brier$Brier[brier$model != "m"]), number(auc$AUC[auc$model == "m"])))
writeLines(paste0("{", paste(out, collapse = ",\n"), "}"), commandArgs(TRUE)[1])
