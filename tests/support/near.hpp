#pragma once
// `CHECK(cost == near(1.5))`: equal but for rounding. Both versions of Catch2 have such a thing under other names.

#include <algorithm>
#include <cmath>
#include <ostream>

namespace afk::test {

struct Near {
  double value = 0;

  friend bool operator==(double actual, const Near& expected) {
    return std::abs(actual - expected.value) <= 1e-9 * std::max(1.0, std::abs(expected.value));
  }

  friend std::ostream& operator<<(std::ostream& stream, const Near& near) { return stream << "about " << near.value; }
};

inline Near near(double value) {
  return {value};
}

} // namespace afk::test
