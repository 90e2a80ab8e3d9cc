# Rscript matching_gbsg.R: gbsg.csv and matching_gbsg.json. All 686 patients of R's gbsg (German Breast Cancer Study Group,
# Schumacher 1994), hormonal treatment. Scores by glm; nearest neighbours (one with and without a caliper and two within one)
# by a plain loop that takes the nearest of all free controls; exact strata by MatchIt 4.5.1;
# entropy weights by Newton's steps; effects by survival.
suppressPackageStartupMessages({library(survival); library(MatchIt)})
all <- data.frame(id = paste0("G", gbsg$pid), treat = gbsg$hormon, age = gbsg$age, meno = gbsg$meno, size = gbsg$size,
  nodes = gbsg$nodes, pgr = gbsg$pgr, months = gbsg$rfstime / 30.4375, death = gbsg$status)
write.csv(all, "gbsg.csv", row.names = FALSE, quote = FALSE)
d <- read.csv("gbsg.csv"); treat <- d$treat
formula <- treat ~ age + meno + size + nodes + pgr
columns <- list(d$age, d$meno, d$size, d$nodes, d$pgr)
num <- function(x) paste0("[", paste(formatC(unname(as.numeric(x)), digits = 17, format = "g"), collapse = ", "), "]")
word <- function(x) paste0("[", paste0('"', x, '"', collapse = ", "), "]")
tight <- coxph.control(eps = 1e-13, toler.chol = 1e-15, iter.max = 100)
found <- c(); put <- function(name, text) found <<- c(found, paste0('"', name, '": ', text))
sds <- function(x) if (length(unique(x)) == 2) { p <- mean(x[treat == 1]); sqrt(p * (1 - p)) } else sd(x[treat == 1])
smds <- function(w) sapply(columns, function(x) (weighted.mean(x[treat == 1], w[treat == 1]) - weighted.mean(x[treat == 0], w[treat == 0])) / sds(x))
effect <- function(name, w, set = NULL) {
  e <- d[w > 0, ]; e$w <- w[w > 0]; e$set <- if (is.null(set)) seq_len(nrow(e)) else set[w > 0]
  f <- coxph(Surv(months, death) ~ treat, e, weights = w, cluster = set, robust = TRUE, control = tight)
  put(paste0(name, "_cox"), num(c(coef(f), sqrt(vcov(f)[1, 1])))); put(paste0(name, "_after"), num(smds(w)))
}
score <- fitted(glm(formula, binomial, d, control = glm.control(epsilon = 1e-15, maxit = 200))); put("score", num(score))
put("before", num(smds(rep(1, nrow(d)))))
nearest <- function(name, limit = Inf, ratio = 1) {
  whole <- round(score, 10); free <- which(treat == 0); set <- rep(NA, nrow(d)); t <- c(); k <- c()
  for (r in seq_len(ratio)) for (i in which(treat == 1)[order(-whole[treat == 1], which(treat == 1))]) {
    if (!length(free)) next
    away <- round(abs(whole[free] - whole[i]), 10); j <- which.min(away)
    if (away[j] <= limit) { set[i] <- set[free[j]] <- i; t <- c(t, i); k <- c(k, free[j]); free <- free[-j] }
  }
  put(paste0(name, "_treated"), word(d$id[t])); put(paste0(name, "_control"), word(d$id[k]))
  w <- as.numeric(!is.na(set)); n <- table(set[treat == 0]); own <- treat == 0 & w > 0
  w[own] <- 1 / n[as.character(set[own])]; w[own] <- w[own] * sum(own) / sum(w[own])
  effect(name, w, set)
}
nearest("nearest"); nearest("caliper", 0.2 * sd(score)); nearest("two", 0.1 * sd(score), 2)
effect("overlap", ifelse(treat == 1, 1 - score, score))
share <- mean(treat); w <- ifelse(treat == 1, share / score, (1 - share) / (1 - score)); put("iptw_weight", num(w)); effect("iptw", w)
z <- ifelse(treat == 1, 1, score / (1 - score)); put("att_weight", num(z)); effect("att", z)
Z <- cbind(1, scale(model.matrix(formula, d)[, -1])); target <- colSums(Z[treat == 1, ]); C <- Z[treat == 0, ]
a <- c(log(mean(treat) / mean(1 - treat)), rep(0, ncol(Z) - 1))
for (k in 1:50) a <- a - 0.5^(k < 5) * solve(t(C) %*% (as.numeric(exp(C %*% a)) * C), as.numeric(t(C) %*% exp(C %*% a)) - target)
w <- ifelse(treat == 1, 1, exp(as.numeric(Z %*% a))); put("entropy_weight", num(w)); effect("entropy", w)
m <- matchit(treat ~ meno + nodes, d, method = "exact", estimand = "ATT"); put("exact_weight", num(m$weights))
s <- rep(NA, nrow(d)); s[m$weights > 0] <- m$subclass[m$weights > 0]; effect("exact", m$weights, s)
writeLines(paste0("{\n", paste(found, collapse = ",\n"), "\n}"), "matching_gbsg.json")
