# Boundaries, sizes, event probabilities and powers of rpact 3.3.4: Rscript planning_rpact.R > planning_rpact.json
suppressPackageStartupMessages({library(rpact); library(jsonlite)})
gs <- function(...) getDesignGroupSequential(alpha = 0.025, sided = 1, ...)
upper <- function(...) gs(...)$criticalValues
rates <- c(.2, .45, .7, 1)
futile <- function(...) {
  d <- gs(bindingFutility = FALSE, ...)
  list(upper = d$criticalValues, lower = d$futilityBounds, shift = getDesignCharacteristics(d)$shift)
}
size <- function(...) {
  x <- getSampleSizeSurvival(alpha = 0.025, sided = 1, accrualTime = c(0, 20), followUpTime = 12, ...)
  c(x$maxNumberOfSubjects, x$maxNumberOfEvents)
}
pieces <- list(piecewiseSurvivalTime = c(0, 6, 14), lambda2 = c(.03, .05, .02), hazardRatio = .7, dropoutTime = 12)
ramp <- list(accrualTime = c(0, 6), accrualIntensity = c(10, 20))
probabilities <- do.call(getEventProbabilities, c(pieces, ramp, list(
  time = c(10, 20, 30, 45), maxNumberOfSubjects = 300, dropoutRate1 = .1, dropoutRate2 = .03)))
timed <- do.call(getSampleSizeSurvival, c(pieces, ramp, list(
  alpha = .025, sided = 1, beta = .2, maxNumberOfSubjects = 400, dropoutRate1 = .06, dropoutRate2 = .06)))
looks <- gs(beta = .2, informationRates = c(.5, .75, 1), typeOfDesign = "asP")
sized <- getSampleSizeSurvival(looks, hazardRatio = .72, lambda2 = log(2) / 11, accrualTime = c(0, 16),
  accrualIntensity = 25, dropoutRate1 = .04, dropoutRate2 = .04, dropoutTime = 12)
power <- getPowerSurvival(looks, directionUpper = FALSE, maxNumberOfEvents = 200, hazardRatio = c(.6, .7, .8, 1),
  lambda2 = log(2) / 11, accrualTime = c(0, 16), accrualIntensity = 25, allocationRatioPlanned = 2)
cat(toJSON(digits = 12, auto_unbox = TRUE, pretty = TRUE, list(
  versions = paste(R.version.string, "rpact", packageVersion("rpact")),
  upper = list(
    obrien_fleming = upper(typeOfDesign = "asOF", informationRates = rates),
    pocock = upper(typeOfDesign = "asP", informationRates = rates),
    hwang_shih_decani = upper(typeOfDesign = "asHSD", gammaA = -4, informationRates = rates),
    kim_demets = upper(typeOfDesign = "asKD", gammaA = 2.5, informationRates = rates)),
  classical = list(
    obrien_fleming = upper(typeOfDesign = "OF", informationRates = rates),
    pocock = upper(typeOfDesign = "P", informationRates = rates),
    wang_tsiatis = upper(typeOfDesign = "WT", deltaWT = .25, informationRates = rates)),
  futility = list(
    obrien_fleming = futile(beta = .2, typeOfDesign = "asOF", typeBetaSpending = "bsOF", informationRates = c(.4, .8, 1)),
    hwang_shih_decani = futile(beta = .1, typeOfDesign = "asHSD", gammaA = -4, typeBetaSpending = "bsHSD", gammaB = -2),
    pocock = futile(beta = .1, typeOfDesign = "asP", typeBetaSpending = "bsP")),
  size = list(
    schoenfeld = size(typeOfComputation = "Schoenfeld", beta = .2, hazardRatio = .65, lambda2 = log(2) / 14,
      allocationRatioPlanned = 2, dropoutRate1 = .05, dropoutRate2 = .1, dropoutTime = 12),
    freedman = size(typeOfComputation = "Freedman", beta = .1, hazardRatio = .6, lambda2 = log(2) / 14,
      allocationRatioPlanned = 2),
    hsieh_freedman = size(typeOfComputation = "HsiehFreedman", beta = .1, hazardRatio = .6, lambda2 = log(2) / 14,
      allocationRatioPlanned = 2),
    weibull = size(beta = .2, kappa = 1.5, median2 = 15, hazardRatio = .7)),
  event_probabilities = list(treated = probabilities$eventProbabilities1, control = probabilities$eventProbabilities2),
  month = as.numeric(timed$analysisTime),
  looks = list(events = as.numeric(sized$eventsPerStage), months = as.numeric(sized$analysisTime),
    hazard_ratios = as.numeric(sized$criticalValuesEffectScale), reject = as.numeric(sized$rejectPerStage)),
  power = list(overall = power$overallReject, expected_events = power$expectedNumberOfEvents)
)))
