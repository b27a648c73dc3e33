#include "runtime/system_error.h"

#include <cerrno>
#include <cstring>

namespace duban {
namespace {

// The system's own words are English wherever no other locale is set; these are the usual ones.
std::string in_chinese(int code) {
  switch (code) {
    case ENOENT:
      return "文件或目录不存在";
    case EACCES:
    case EPERM:
      return "没有权限";
    case EISDIR:
      return "是目录，不是文件";
    case ENOTDIR:
      return "路径中有一级不是目录";
    case ENOSPC:
      return "磁盘已满";
    case EROFS:
      return "文件系统只读";
    case EIO:
      return "输入输出错误";
    case EMFILE:
    case ENFILE:
      return "打开的文件过多";
    case ENOMEM:
      return "内存不足";
    case ENAMETOOLONG:
      return "路径过长";
    default:
      return std::strerror(code);
  }
}

}  // namespace

Error system_error(const std::string& english, const std::string& chinese, int code,
                   const std::string& place) {
  return Error{
      english + ": " + std::strerror(code), place, {}, chinese + "：" + in_chinese(code), {}};
}

}  // namespace duban
