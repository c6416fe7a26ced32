#pragma once

namespace tokenwalk::math {

// Our own functions, because libm's differ from system to system and our bits may not.
// Errors are in units in the last place (ulp), the largest measured against double libm (for
// float) and long double libm (for double) by tests/unit/math_test.cpp, which asserts them.

/// e^x. At most 0.64 ulp for results of at least 2^-126; exactly 0 below that; overflow gives inf;
/// NaN gives NaN. Argument reduction by ln 2 in two parts, polynomial of degree 7.
float exp(float x);

/// e^x in double. At most 1 ulp; 0 below -745.2; overflow gives inf; NaN gives NaN.
double exp(double x);

/// Natural logarithm in double. At most 1 ulp; log(0) = -inf; negative or NaN gives NaN.
double log(double x);

/// Sine and cosine of an angle in radians, computed in double and rounded once: at most 0.501 ulp
/// for |x| <= 2^30, more than any position reaches. Beyond that, inf and NaN: NaN.
float sin(float x);
float cos(float x);

/// base^exponent for base > 0, as exp(exponent * log(base)) in double.
double pow(double base, double exponent);

}  // namespace tokenwalk::math
