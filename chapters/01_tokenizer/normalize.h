#pragma once

#include <string>
#include <string_view>

namespace tokenwalk {

/// Normal form NFC of a text, as Hugging Face's library computes it (normalizers.NFC), through ICU.
/// That library's tables are of Unicode 9: characters that came later keep their place and join
/// with nothing. text: UTF-8; ill-formed parts stay as they are. Returns `text` itself where
/// nothing changes, else a view of `storage`. Cost: linear.
std::string_view nfc(std::string_view text, std::string& storage);

}  // namespace tokenwalk
