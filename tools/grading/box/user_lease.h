#pragma once

namespace tokenwalk::grading {

/// A user id that no other box on this machine has at the moment.
struct UserLease {
  int uid = -1;
  int lock = -1;  ///< the descriptor that holds it; closing gives it back
};

/// Leases one of the ids 61000 to 61999. Throws std::runtime_error if none is free. Needs root.
UserLease lease_user();

}  // namespace tokenwalk::grading
