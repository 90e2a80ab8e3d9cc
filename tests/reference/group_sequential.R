# Boundaries of rpact 3.3.4 with thresholds by look and binding futility: Rscript group_sequential.R > group_sequential.json
suppressPackageStartupMessages({library(rpact); library(jsonlite)})
gs <- function(...) getDesignGroupSequential(alpha = 0.025, sided = 1, ...)
rates <- c(.4, .7, 1)
bound <- function(...) gs(informationRates = rates, ...)$criticalValues
both <- function(...) {
  d <- gs(informationRates = rates, bindingFutility = TRUE, ...)
  list(upper = d$criticalValues, lower = d$futilityBounds, shift = getDesignCharacteristics(d)$shift)
}
events <- c(100, 175, 250)
power_of <- function(d) {
  p <- getPowerSurvival(d, directionUpper = FALSE, maxNumberOfEvents = 250, hazardRatio = c(.65, .75, 1),
    lambda2 = log(2) / 12, accrualTime = c(0, 20), accrualIntensity = 20)
  list(overall = p$overallReject, futile = p$futilityStop)
}
cat(toJSON(digits = 12, auto_unbox = TRUE, pretty = TRUE, list(
  versions = paste(R.version.string, "rpact", packageVersion("rpact")),
  haybittle_peto = bound(typeOfDesign = "HP", constantBoundsHP = 3),
  by_look = bound(typeOfDesign = "asUser", userAlphaSpending = c(.001, .006, .025)),
  constant = list(
    by_look = gs(informationRates = rates, typeOfDesign = "asUser", userAlphaSpending = c(.001, .006, .025),
      futilityBounds = c(0, .5), bindingFutility = TRUE)$criticalValues,
    obrien_fleming = gs(informationRates = rates, typeOfDesign = "asOF", futilityBounds = c(0, .5),
      bindingFutility = TRUE)$criticalValues,
    pocock = gs(informationRates = rates, typeOfDesign = "P", futilityBounds = c(0, .5),
      bindingFutility = TRUE)$criticalValues),
  beta = list(
    obrien_fleming = both(beta = .2, typeOfDesign = "asOF", typeBetaSpending = "bsOF"),
    pocock = both(beta = .1, typeOfDesign = "asP", typeBetaSpending = "bsP")),
  power = list(
    haybittle_peto = power_of(gs(informationRates = rates, typeOfDesign = "HP", constantBoundsHP = 3)),
    binding = power_of(gs(informationRates = rates, typeOfDesign = "asOF", futilityBounds = c(0, .5), bindingFutility = TRUE)))
)))
