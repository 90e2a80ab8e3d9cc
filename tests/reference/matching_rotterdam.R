# Rscript matching_rotterdam.R: rotterdam.csv and matching_rotterdam.json. Every third patient of R's rotterdam (Foekens
# 2000; primary breast cancer, hormonal treatment), months of death in whole months so that many tie, progesterone receptor
# blanked in every 17th patient, tumour size a factor of three levels. Scores by glm; nearest neighbours by a plain loop
# that takes the nearest of all free controls within the caliper (MatchIt 4.5.1 of Debian 12 passes over some: matching.R);
# coarsened exact matching and differences before by MatchIt 4.5.1; entropy weights by optim; effects by survival 3.5-3.
suppressPackageStartupMessages({library(survival); library(MatchIt)})
r <- rotterdam[rotterdam$pid %% 3 == 0, ]
all <- data.frame(id = paste0("R", r$pid), treat = r$hormon, age = r$age, meno = r$meno,
  size = c("small", "medium", "large")[as.integer(r$size)], grade = r$grade, nodes = r$nodes,
  pgr = ifelse(r$pid %% 17 == 0, NA, r$pgr), er = r$er, months = pmax(1, round(r$dtime / 30.4375)), death = r$death)
write.csv(all, "rotterdam.csv", row.names = FALSE, quote = FALSE, na = "")
d <- read.csv("rotterdam.csv"); d$size <- factor(d$size, levels = c("small", "medium", "large"))
# Grades 2 and 3 as 0 and 1: MatchIt takes the SD of two values as sqrt(p(1 - p)) where they are 0 and 1, match always.
d <- d[complete.cases(d), ]; rownames(d) <- NULL; treat <- d$treat; d$grade <- d$grade - 2
formula <- treat ~ age + meno + size + grade + nodes + pgr + er
columns <- list(d$age, d$meno, 1 * (d$size == "small"), 1 * (d$size == "medium"), 1 * (d$size == "large"), d$grade, d$nodes, d$pgr, d$er)
num <- function(x) paste0("[", paste(formatC(unname(as.numeric(x)), digits = 17, format = "g"), collapse = ", "), "]")
word <- function(x) paste0("[", paste0('"', x, '"', collapse = ", "), "]")
tight <- coxph.control(eps = 1e-13, toler.chol = 1e-15, iter.max = 100)
found <- c(); put <- function(name, text) found <<- c(found, paste0('"', name, '": ', text))

sds <- function(x) if (length(unique(x)) == 2) { p <- mean(x[treat == 1] == max(x)); (max(x) - min(x)) * sqrt(p * (1 - p)) } else sd(x[treat == 1])
smds <- function(w) sapply(columns, function(x) (weighted.mean(x[treat == 1], w[treat == 1]) - weighted.mean(x[treat == 0], w[treat == 0])) / sds(x))
effect <- function(name, w, set = NULL) {
  e <- d[w > 0, ]; e$w <- w[w > 0]; e$set <- if (is.null(set)) seq_len(nrow(e)) else set[w > 0]
  f <- coxph(Surv(months, death) ~ treat, e, weights = w, cluster = set, robust = TRUE, control = tight)
  put(paste0(name, "_cox"), num(c(coef(f), sqrt(vcov(f)[1, 1])))); put(paste0(name, "_after"), num(smds(w)))
  if (!is.null(set)) {
    s <- coxph(Surv(months, death) ~ treat + strata(set), e, control = tight)
    put(paste0(name, "_stratified"), num(c(coef(s), sqrt(vcov(s)[1, 1]))))
  }
}
put("n", num(c(nrow(all), nrow(d), sum(treat))))
z <- summary(matchit(formula, d, method = NULL), standardize = TRUE)$sum.all
put("before_names", word(rownames(z))); put("before", num(z[, "Std. Mean Diff."]))
score <- fitted(glm(formula, binomial, d, control = glm.control(epsilon = 1e-15, maxit = 200))); put("score", num(score))
u <- coxph(Surv(months, death) ~ treat, d, control = tight); put("unadjusted", num(c(coef(u), sqrt(vcov(u)[1, 1]))))

whole <- round(score, 10); free <- which(treat == 0); set <- rep(NA, nrow(d)); pairs <- 0; limit <- 0.2 * sd(score)
for (i in which(treat == 1)[order(-whole[treat == 1], which(treat == 1))]) {
  away <- round(abs(whole[free] - whole[i]), 10); j <- which.min(away)
  if (away[j] <= limit) { pairs <- pairs + 1; set[i] <- set[free[j]] <- pairs; free <- free[-j] }
}
put("nearest_treated", word(d$id[order(set)][treat[order(set)] == 1 & !is.na(sort(set, na.last = TRUE))]))
put("nearest_control", word(d$id[order(set)][treat[order(set)] == 0 & !is.na(sort(set, na.last = TRUE))]))
effect("nearest", as.numeric(!is.na(set)), set)
effect("overlap", ifelse(treat == 1, 1 - score, score))
share <- mean(treat); effect("iptw", ifelse(treat == 1, share / score, (1 - share) / (1 - score)))
Z <- cbind(1, scale(model.matrix(formula, d)[, -1])); target <- colSums(Z[treat == 1, ]); C <- Z[treat == 0, ]
dual <- function(a) sum(exp(C %*% a)) - sum(target * a)
slope <- function(a) as.numeric(t(C) %*% exp(C %*% a)) - target
a <- optim(c(log(share), rep(0, ncol(Z) - 1)), dual, slope, method = "BFGS", control = list(reltol = 1e-16, maxit = 5000))$par
for (k in 1:5) a <- a - solve(t(C) %*% (as.numeric(exp(C %*% a)) * C), slope(a))
w <- ifelse(treat == 1, 1, exp(as.numeric(Z %*% a))); put("entropy_weight", num(w)); effect("entropy", w)
for (e in c("ATT", "ATE")) {
  m <- matchit(treat ~ age + meno + size + grade + nodes, d, method = "cem", estimand = e)
  put(paste0("cem_", tolower(e), "_weight"), num(m$weights))
  s <- rep(NA, nrow(d)); s[m$weights > 0] <- m$subclass[m$weights > 0]; effect(paste0("cem_", tolower(e)), m$weights, s)
}
# The same strata by MatchIt with its rule written out: as many classes of equal width as Sturges says, a border below.
cut <- matchit(treat ~ age + meno + size + grade + nodes, d, method = "cem", cutpoints = list(age = nclass.Sturges(d$age), nodes = nclass.Sturges(d$nodes)))
put("cem_cut_weight", num(cut$weights))
writeLines(paste0("{\n", paste(found, collapse = ",\n"), "\n}"), "matching_rotterdam.json")
