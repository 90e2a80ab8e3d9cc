# Several treatments against one control: Dunnett's critical values by mvtnorm, closed tests over looks by rpact.
# Rscript tests/reference/multi_arm.R > tests/reference/multi_arm.json   (a few minutes)
suppressPackageStartupMessages({library(mvtnorm); library(rpact); library(jsonlite)})
set.seed(1)
critical <- lapply(list(c(1, 1, 1), c(1, 1, 1, 1), c(2, 1, 1), c(1, 2, 1, 1)), function(allocation) {
  ratio <- allocation[-1] / allocation[1]
  b <- sqrt(ratio / (1 + ratio))
  corr <- outer(b, b); diag(corr) <- 1
  found <- sapply(c(0.025, 0.005), function(alpha)
    uniroot(function(z) pmvnorm(upper = rep(z, length(b)), corr = corr, algorithm = Miwa(steps = 2048)) - 1 + alpha,
      c(1, 5), tol = 1e-10)$root)
  list(allocation = allocation, alpha = c(0.025, 0.005), z = found)
})
design <- getDesignInverseNormal(kMax = 2, alpha = 0.025, informationRates = c(0.5, 1), typeOfDesign = "asOF")
effects <- matrix(c(1, 1, 1, 0.65, 0.8, 1), 2, 3, byrow = TRUE)
simulated <- lapply(c(best = "best", all = "all"), function(selection) {
  run <- getSimulationMultiArmSurvival(design, activeArms = 3, typeOfShape = "userDefined", effectMatrix = effects,
    intersectionTest = "Dunnett", typeOfSelection = selection, effectMeasure = "testStatistic",
    successCriterion = "atLeastOne", correlationComputation = "null", plannedEvents = c(150, 300), directionUpper = FALSE,
    maxNumberOfIterations = 10000, seed = 1)
  list(any = run$rejectAtLeastOne, arms = apply(run$rejectedArmsPerStage, c(2, 3), sum),
    selected = run$selectedArms[2, , ])
})
cat(toJSON(list(rpact = as.character(packageVersion("rpact")), mvtnorm = as.character(packageVersion("mvtnorm")),
  boundaries = design$criticalValues, critical = critical, iterations = 10000, effects = effects,
  simulated = simulated), digits = 8, auto_unbox = TRUE, pretty = TRUE), "\n")
