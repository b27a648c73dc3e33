#include "engine/record.h"

namespace duban {

const Digest& id_of(const Record& record) {
  return std::visit([](const auto& content) -> const Digest& { return content.id; }, record);
}

std::string_view to_string(CaseRecord::Change change) {
  switch (change) {
    case CaseRecord::Change::opened:
      return "opened";
    case CaseRecord::Change::recomputed:
      return "recomputed";
    case CaseRecord::Change::restarted:
      return "restarted";
    case CaseRecord::Change::closed:
      return "closed";
  }
  return {};
}

std::string_view to_string(TaskRecord::Change change) {
  switch (change) {
    case TaskRecord::Change::opened:
      return "opened";
    case TaskRecord::Change::moved:
      return "moved";
    case TaskRecord::Change::paused:
      return "paused";
    case TaskRecord::Change::resumed:
      return "resumed";
    case TaskRecord::Change::escalated:
      return "escalated";
    case TaskRecord::Change::withdrawn:
      return "withdrawn";
    case TaskRecord::Change::reassigned:
      return "reassigned";
    case TaskRecord::Change::noted:
      return "noted";
    case TaskRecord::Change::done:
      return "done";
    case TaskRecord::Change::cancelled:
      return "cancelled";
    case TaskRecord::Change::expired:
      return "expired";
  }
  return {};
}

std::string_view to_string(TaskRecord::Status status) {
  switch (status) {
    case TaskRecord::Status::open:
      return "open";
    case TaskRecord::Status::done:
      return "done";
    case TaskRecord::Status::cancelled:
      return "cancelled";
    case TaskRecord::Status::expired:
      return "expired";
  }
  return {};
}

std::string_view to_string(NoticeRecord::Status status) {
  switch (status) {
    case NoticeRecord::Status::queued:
      return "queued";
    case NoticeRecord::Status::waiting:
      return "waiting";
    case NoticeRecord::Status::delivered:
      return "delivered";
    case NoticeRecord::Status::failed:
      return "failed";
    case NoticeRecord::Status::missed:
      return "missed";
    case NoticeRecord::Status::withdrawn:
      return "withdrawn";
    case NoticeRecord::Status::dropped:
      return "dropped";
    case NoticeRecord::Status::undeliverable:
      return "undeliverable";
    case NoticeRecord::Status::blocked:
      return "blocked";
  }
  return {};
}

std::string_view to_string(OutgoingRecord::Status status) {
  switch (status) {
    case OutgoingRecord::Status::queued:
      return "queued";
    case OutgoingRecord::Status::blocked:
      return "blocked";
  }
  return {};
}

std::string_view to_string(syntax::NoticeClass notice_class) {
  switch (notice_class) {
    case syntax::NoticeClass::mandatory:
      return "mandatory";
    case syntax::NoticeClass::service:
      return "service";
    case syntax::NoticeClass::commercial:
      return "commercial";
  }
  return {};
}

}  // namespace duban
