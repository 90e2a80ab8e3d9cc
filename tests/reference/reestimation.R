# Events re-estimated by conditional power: simulations of rpact, inverse normal, two looks.
# Rscript tests/reference/reestimation.R > tests/reference/reestimation.json
suppressPackageStartupMessages({library(rpact); library(jsonlite)})
design <- getDesignInverseNormal(kMax = 2, alpha = 0.025, informationRates = c(0.5, 1), typeOfDesign = "asOF")
runs <- lapply(c(null = 1, effect = 0.75), function(hr) {
  run <- getSimulationSurvival(design, hazardRatio = hr, lambda2 = log(2) / 12, accrualTime = c(0, 20),
    accrualIntensity = 25, plannedEvents = c(120, 240), directionUpper = FALSE, conditionalPower = 0.9,
    minNumberOfEventsPerStage = c(NA, 120), maxNumberOfEventsPerStage = c(NA, 260),
    maxNumberOfIterations = 20000, seed = 2)
  list(hr = hr, power = run$overallReject, by_look = as.vector(run$rejectPerStage),
    expected_events = as.vector(run$expectedNumberOfEvents))
})
cat(toJSON(list(rpact = as.character(packageVersion("rpact")), boundaries = design$criticalValues, iterations = 20000,
  runs = runs), digits = 8, auto_unbox = TRUE, pretty = TRUE), "\n")
