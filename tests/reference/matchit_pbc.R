# Rscript matchit_pbc.R: pbc.csv and matchit_pbc.json. The 312 randomised patients of R's pbc, hepatomegaly as if it were a
# treatment: 160 with, 152 without, so that MatchIt 4.5.1 leaves 8 out. As Debian 12 packages it MatchIt 4.5.1 passes over a
# nearer free control above a patient's score in most data (6 of 185 of lalonde; of 2,982 patients of rotterdam, hormonal
# treatment, 152 of 339) and matches beyond its own caliper. Here it does not: `worse` counts such picks, and is 0.
suppressPackageStartupMessages({library(survival); library(MatchIt)})
p <- pbc[!is.na(pbc$trt), ]
d <- data.frame(id = paste0("P", p$id), treat = p$hepato, age = p$age, albumin = p$albumin, alk = p$alk.phos, months = p$time / 30.4375, death = as.integer(p$status == 2))
write.csv(d, "pbc.csv", row.names = FALSE, quote = FALSE)
d <- read.csv("pbc.csv")
score <- fitted(glm(treat ~ age + albumin + alk, binomial, d, control = glm.control(epsilon = 1e-15, maxit = 200)))
m <- suppressWarnings(matchit(treat ~ age + albumin + alk, d, method = "nearest", distance = score))
treated <- as.integer(rownames(m$match.matrix)); control <- as.integer(m$match.matrix[, 1])
free <- which(d$treat == 0); worse <- 0
for (i in order(-score[treated])) if (!is.na(control[i])) {
  if (abs(score[control[i]] - score[treated[i]]) > min(abs(score[free] - score[treated[i]])) + 1e-10) worse <- worse + 1
  free <- setdiff(free, control[i])
}
kept <- !is.na(control); set <- rep(NA, nrow(d)); set[treated[kept]] <- set[control[kept]] <- seq_len(sum(kept))
e <- d[!is.na(set), ]; e$set <- set[!is.na(set)]; tight <- coxph.control(eps = 1e-13, toler.chol = 1e-15, iter.max = 100)
f <- coxph(Surv(months, death) ~ treat, e, robust = TRUE, cluster = set, control = tight)
s <- coxph(Surv(months, death) ~ treat + strata(set), e, control = tight)
z <- summary(m)
word <- function(x) paste0("[", paste0('"', x, '"', collapse = ", "), "]")
num <- function(x) paste0("[", paste(formatC(unname(x), digits = 15, format = "g"), collapse = ", "), "]")
writeLines(paste0('{\n"treated": ', word(d$id[treated[kept]]), ',\n"control": ', word(d$id[control[kept]]), ',\n"worse": ', worse,
  ',\n"names": ', word(rownames(z$sum.matched)), ',\n"before": ', num(z$sum.all[, "Std. Mean Diff."]), ',\n"after": ', num(z$sum.matched[, "Std. Mean Diff."]),
  ',\n"robust": ', num(c(coef(f), sqrt(vcov(f)[1, 1]))), ',\n"stratified": ', num(c(coef(s), sqrt(vcov(s)[1, 1]))), "\n}"), "matchit_pbc.json")
