# Cox on the rows behind the raw files of test_raw_files.py (SIMULATED, raw_files.csv).
# Usage: Rscript raw_files.R raw_files.csv raw_files.json
suppressMessages(library(survival))
at <- commandArgs(trailingOnly = TRUE)
d <- read.csv(at[1])
d$female <- as.numeric(d$sex == "F")
fit <- coxph(Surv(os_days / 30.4375, os_event) ~ female + age + I(stage == "III") + I(stage == "IV"), d,
             control = coxph.control(eps = 1e-12, iter.max = 50))
values <- function(x) paste(formatC(unname(x), digits = 15, format = "g", width = 1), collapse = ", ")
writeLines(sprintf('{"n": %d, "events": %d, "log_hr": [%s], "se": [%s]}', fit$n, fit$nevent, values(coef(fit)),
                   values(sqrt(diag(vcov(fit))))), at[2])
