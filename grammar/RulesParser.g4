// One logical line of a rules file; engine/outline.cc puts the lines together.
//
// Both languages share a rule wherever their word order allows, and stand side by side in it where it
// does not. Keywords are names too, except the reserved ones (see `name` at the end): where a line
// could be read in two ways, the alternative that stands first counts.
parser grammar RulesParser;

options { tokenVocab = RulesLexer; }

line : form EOF ;

form
  : policy | use | effective | basis
  | vocabulary | timezone | currency | dayStarts
  | calendar | calendarFrom | calendarHours
  | entity | choice | event | uniqueBy | channel | quiet | limits | overLimit
  | notice | parameter | define | forbid
  | table | row
  | scorecard | scoreBase | scoreItem | scoreGrade
  | rule_ | case_ | mayReopen | inFlight | opens | closes | owner | keep
  | whenLate | whenDone | beforeDue
  | onOpening | onClosing | onEvent | onReceipt | whenChanges | whenTrigger | atTrigger
  | relativeTrigger | recurring | otherwise
  | action
  | due | every | opensBefore | stays | expires | doneOn | needs | once | paused
  | scenario | withFiles | given | onReceiptLine | onTaskDone | onLine
  | expectNothing | expectBlocked | expectEscalation | expectCase | expectTaskDone | expectTask
  | expectNotice | expectEvent
  | field
  ;

// ---- names

declared : name alias? ;
alias : LPAREN name RPAREN ;
title : (STRING | name) titleAlias? ;
titleAlias : LPAREN (~(LPAREN | RPAREN))+ RPAREN ;

// ---- headers

policy : K_POLICY title ;
use : K_USE STRING ;
effective
  : K_EFFECTIVE K_FROM moment (K_TO moment)?
  | K_ZI moment K_IN_FORCE (COMMA? K_TO moment K_ZHI?)?
  ;
basis : K_BASIS STRING ;

vocabulary : K_VOCABULARY title ;
timezone : K_TIMEZONE STRING ;
currency : K_CURRENCY declared ;
dayStarts : K_DAY K_STARTS K_AT TIME | K_DAY_STARTS TIME ;

// ---- declarations

calendar : K_CALENDAR declared K_DEFAULT? (COMMA? calendarFrom)? (COMMA? calendarHours)? ;
calendarFrom : K_FROM STRING (COMMA? calendarHours)? ;
calendarHours : (K_HOUR | K_WORK_HOURS) hours (COMMA hours)* ;
hours : TIME K_TO TIME ;

entity : (K_REFERENCE | K_ENTITY) declared K_KEY declared ;
field : declared COLON type K_PRIVATE? (EQUALS expr)? ;
type : typeBody QUESTION? ;
typeBody
  : K_YES SLASH K_NO
  | K_SET K_OF name
  | name K_SET_OF
  | declared (BAR declared)*
  ;

choice : K_CHOICE declared COLON declared (BAR declared)* ;

event
  : K_BROADCAST K_EVENT declared K_TO name (K_WHERE expr)? (COMMA? uniqueBy)?
  | K_BROADCAST_EVENT declared (K_TO | K_ENTITY) name (COMMA? K_WHERE expr)? (COMMA? uniqueBy)?
  | K_OUTGOING K_EVENT declared (K_FOR | K_ENTITY) name
  | K_OUTGOING_EVENT declared (K_FOR | K_ENTITY) name
  | K_EVENT declared (K_FOR | K_ENTITY) name (COMMA? uniqueBy)?
  ;
uniqueBy : K_UNIQUE K_BY name | K_UNIQUE_KEY name ;

channel : K_CHANNEL declared K_TO name ;
quiet : K_QUIET TIME K_TO TIME ;
limits : (K_AT K_MOST limit (COMMA limit)* | localLimit (COMMA localLimit)*) (COMMA? overLimit)? ;
limit : NUMBER K_PER (K_DAY | K_WEEK | K_MONTH | K_YEAR) ;
localLimit : (K_DAILY | K_WEEKLY | K_MONTHLY | K_YEARLY) K_ZHIDUO NUMBER K_TIMES? ;
overLimit : K_ELSE (K_WAIT | K_DROP) ;

notice
  : K_NOTICE declared (K_MANDATORY | K_SERVICE | K_COMMERCIAL) name (COMMA name)*
    (COMMA? expires)? STRING?
  ;
parameter : K_PARAMETER declared EQUALS expr ;
define : K_DEFINE declared ((K_OF | K_ENTITY) name)? EQUALS expr ;
forbid : K_FORBID name K_WHEN expr K_SHI? COMMA? K_BECAUSE STRING ;

table : K_TABLE declared ((K_OF | K_ENTITY) name)? COMMA? hit (COMMA? K_FROM STRING)? ;
hit
  : (K_FIRST K_MATCH | K_FIRST_MATCH)
  | (K_UNIQUE K_MATCH | K_UNIQUE_MATCH)
  | (K_ALL K_MATCH | K_ALL_MATCHES) (COMMA? (K_COLLECT | K_UNION | K_SUM | K_MIN | K_MAX))?
  ;
row : BAR cell (BAR cell)* BAR? ;
cell : ARROW? (K_ANY | DASH | test (COMMA test)*) ;
test
  : (LESS | LESS_EQUAL | GREATER | GREATER_EQUAL | EQUALS | NOT_EQUAL) sum
  | (K_AT K_LEAST | K_AT K_MOST | K_AT_LEAST | K_NOT_EARLIER | K_AT_MOST | K_ABOVE | K_BELOW) sum
  | (K_IS K_NOT | K_IS_NOT | K_NOT | K_IS) sum
  | K_BETWEEN sum (K_AND | K_TO) sum
  | sum (K_TO sum)?
  ;

scorecard : K_SCORECARD declared (COMMA? (K_OF | K_ENTITY) name)? ;
scoreBase : K_BASE sum K_POINTS? ;
scoreItem
  : (PLUS | DASH) sum K_POINTS? COMMA? K_IF expr
  | K_IF expr (COLON | COMMA) (K_ADD | K_DEDUCT) sum K_POINTS?
  ;
scoreGrade
  : K_GRADE declared (K_AT K_LEAST | K_AT_LEAST | GREATER_EQUAL) sum K_POINTS?
  | K_GRADE declared (K_OTHERWISE | K_REST)
  ;

// ---- rules and cases

rule_ : K_RULE title ;

case_ : K_CASE declared (K_OF | K_ENTITY) name (K_PER expr)? (COMMA? mayReopen)? ;
mayReopen : K_MAY K_REOPEN | K_MAY_REOPEN ;
inFlight : (K_IN K_FLIGHT | K_IN_FLIGHT) COLON (K_KEEP | K_KEEP_OLD | K_RECOMPUTE | K_RESTART) ;
opens
  : (K_OPENS K_ON | K_OPENS_ON) name condition?
  | (K_OPENS K_WHEN | K_OPENS_WHEN) expr
  ;
closes
  : (K_CLOSES K_ON | K_CLOSES_ON) name condition? COMMA? K_AS declared
  | (K_CLOSES K_WHEN | K_CLOSES_WHEN) expr COMMA? K_AS declared
  ;
owner : K_OWNER sum ;
keep : K_KEEP declared COLON type (EQUALS expr)? ;

condition : COMMA? K_IF expr ;
body : condition? COLON action? ;

onOpening : (K_ON K_OPENING | K_AT_OPENING) body ;
onClosing : (K_ON K_CLOSING | K_AT_CLOSING) (K_AS name)? body ;
onEvent : (K_ON name | K_OCCURS name K_SHI?) body ;
onReceipt : K_ON? name (K_DELIVERED | K_FAILED) body ;
whenChanges : K_WHEN? sum K_CHANGES body ;
whenTrigger : K_WHEN expr K_SHI? body ;
atTrigger : K_AT sum body ;
relativeTrigger : sum (K_BEFORE | K_AFTER | K_QIAN | K_HOU) sum body ;
otherwise : K_OTHERWISE COLON action? ;

// `every month on day 25 at 09:00 from A to B:` 自 A 至 B 每月 25 日 09:00：
recurring
  : K_EVERY period (K_AT sum | K_FROM sum | K_TO sum | roll)* body
  | (K_ZI sum)? (K_TO sum)? localPeriod roll? (K_AT? sum)? roll? body
  ;
period
  : K_DAY
  | K_WORKING K_DAY inCalendar?
  | K_WEEK
  | weekday
  | (K_MONTH | K_QUARTER | K_YEAR) (K_ON dayWithin)?
  ;
dayWithin
  : K_DAY NUMBER ofMonth?
  | K_WORKING K_DAY NUMBER ofMonth? inCalendar?
  | K_THE? (K_FIRST | K_LAST) K_WORKING K_DAY ofMonth? inCalendar?
  | K_THE? (K_FIRST | K_LAST) K_DAY ofMonth?
  ;
ofMonth : K_OF K_MONTH NUMBER ;
weekday : K_MONDAY | K_TUESDAY | K_WEDNESDAY | K_THURSDAY | K_FRIDAY | K_SATURDAY | K_SUNDAY ;
localPeriod
  : K_DAILY
  | K_EVERY_WORKING_DAY inCalendar?
  | K_WEEKLY
  | K_EVERY weekday
  | K_MONTHLY localDay?
  | (K_QUARTERLY | K_YEARLY) localMonth? localDay?
  ;
localMonth : K_DI? NUMBER K_MONTH ;
localDay
  : K_DI? NUMBER K_DAY
  | K_DI NUMBER K_WORKING_DAY inCalendar?
  | (K_FIRST_WORKING_DAY | K_LAST_WORKING_DAY) inCalendar?
  | K_FIRST_DAY
  | K_LAST_DAY
  ;
inCalendar : K_OF name | LPAREN name RPAREN ;
roll : COMMA? rolled | LPAREN rolled RPAREN ;

// ---- actions

action : notify | task | set | raise | close | escalate | reassign ;

notify
  : K_NOTIFY sum (K_BY name (COMMA name)*)? name notifyTail*
  | K_XIANG sum K_SEND (name (COMMA name)*)?? name notifyTail*
  ;
notifyTail : COMMA? (K_LISTING sum | K_EVEN K_IF K_LATE | K_EVEN_IF_LATE | once) ;

task : K_TASK (STRING K_FOR sum | sum STRING) (COMMA? taskClause)* ;
taskClause : due | every | opensBefore | stays | expires | doneOn | once | paused ;

set : K_SET assignments ;
raise : K_RAISE name with_? ;
close : K_CLOSE K_AS name ;
escalate : (K_ESCALATE K_TO | K_ESCALATE_TO) sum ;
reassign : (K_REASSIGN K_TO | K_REASSIGN_TO) sum ;

with_ : COMMA? K_WITH assignments ;
assignments : assignment (COMMA assignment)* ;
assignment : name (EQUALS expr)? ;

// ---- clauses of a task

due
  : K_DUE K_WITHIN sum
  | K_DUE K_AT sum
  | K_DUE sum K_AFTER sum
  | K_TIME_LIMIT sum (K_HOU sum)?
  | K_DEADLINE sum
  ;
every
  : K_EVERY sum K_SINCE sum (COMMA? K_BUT K_NOT K_BEFORE sum)?
  | K_ZI sum K_QIMEI sum (COMMA? K_NOT_EARLIER sum)?
  ;
opensBefore : K_OPENS sum K_BEFORE K_DUE | K_BEFORE_DUE sum K_OPENED ;
stays : K_STAYS ;
expires : K_EXPIRES K_AFTER sum | K_VALID_FOR sum ;
doneOn : (K_DONE K_ON | K_DONE_ON) name condition? ;
needs : K_NEEDS need (COMMA need)* ;
need : declared COLON type ;
once
  : K_ONCE K_PER name
  | K_AT K_MOST (NUMBER K_TIMES? | K_ONCE) K_IN sum
  | K_ONCE_PER_CASE | K_ONCE_DAILY | K_ONCE_WEEKLY | K_ONCE_MONTHLY | K_ONCE_YEARLY
  | K_SAME name K_LIMIT_ONCE
  | window K_NEI K_ZHIDUO NUMBER K_TIMES?
  ;
// Not any expression: behind another one, that could be read in two ways for as long as it is.
window : NUMBER unit | K_HALF_YEAR ;
paused : K_PAUSED K_WHILE expr | expr K_PAUSED_DURING ;
beforeDue : K_BEFORE_DUE sum body ;
whenLate : (K_WHEN K_LATE (K_BY sum)? | K_WHEN_LATE | K_OVERTIME sum K_UNDONE) body ;
whenDone : (K_WHEN K_DONE | K_WHEN_DONE) body ;

// ---- scenarios

scenario : K_SCENARIO title ;
withFiles : (K_WITH | K_WITH_FILE) STRING (COMMA STRING)* ;
moment : DATE TIME? ;
at : COMMA? K_AT moment ;

given : (K_GIVEN | K_YIZHI) (K_AT moment)? name STRING with_? ;
onLine : (K_ON | K_AT) moment name ((K_FOR | K_ENTITY) STRING)? with_? ;
onReceiptLine : (K_ON | K_AT) moment name (K_DELIVERED | K_FAILED) (K_TO? STRING)? ;
onTaskDone : (K_ON | K_AT) moment K_TASK STRING K_DONE (COMMA? K_BY STRING)? with_? ;

expectHead : K_EXPECT K_NO? | K_EXPECT_NO ;
expectNothing
  : K_EXPECT K_NOTHING K_MORE? (K_UNTIL | K_TO) moment
  | K_TO moment K_EXPECT K_NOTHING
  ;
expectBlocked : expectHead name K_BLOCKED at? ;
expectEscalation
  : expectHead K_ESCALATION K_OF STRING (K_TO STRING)? at?
  | expectHead STRING (K_ESCALATE | K_ESCALATE_TO STRING) at?
  ;
expectCase : expectHead K_CASE name STRING? (K_OPENED | (K_CLOSED | K_CLOSE) (K_AS name)?) at? ;
expectTaskDone : expectHead K_TASK STRING K_DONE at? ;
expectTask : expectHead K_TASK (STRING (K_FOR STRING)? | STRING STRING) (at | expectDue)* ;
expectDue : COMMA? (K_DUE | K_DEADLINE) moment ;
expectNotice
  : expectHead name name K_TO STRING (at | saying)*
  | expectHead K_XIANG STRING K_SEND name name (at | saying)*
  ;
saying : COMMA? K_SAYING STRING ;
expectEvent : expectHead K_RAISE? name ((K_FOR | K_ENTITY) STRING)? (at | with_)* ;

// ---- expressions

expr : conjunction (K_OR conjunction)* ;
conjunction : negation (K_AND negation)* ;
negation : K_NOT negation | comparison ;
comparison : sum relation? ;
relation
  : (EQUALS | NOT_EQUAL | LESS | LESS_EQUAL | GREATER | GREATER_EQUAL) sum
  | (K_AT K_LEAST | K_AT K_MOST | K_AT_LEAST | K_NOT_EARLIER | K_AT_MOST | K_ABOVE | K_BELOW) sum
  | (K_IS K_NOT? | K_IS_NOT) (K_KNOWN | K_YIZHI | K_EMPTY | K_NONE)
  | K_YIZHI | K_UNKNOWN | K_IS_EMPTY | K_IS_NOT_EMPTY
  | (K_IS K_NOT? | K_IS_NOT) sum
  | K_BETWEEN sum (K_AND | K_TO) sum
  | (K_IS? K_NOT? K_IN | K_NOT_IN) alternatives
  | (K_CONTAINS | K_NOT_CONTAINS) sum
  ;
alternatives : LPAREN expr (COMMA expr)* RPAREN | LBRACE expr (COMMA expr)* RBRACE ;
sum : product ((PLUS | DASH | K_MINUS | K_UNION) product)* rolled? ;
rolled
  : (K_ROLLED K_FORWARD | K_ROLLED K_BACK | K_ROLLED_FORWARD | K_ROLLED_BACK) inCalendar?
  ;
product : factor ((STAR | SLASH) factor)* ;
factor : DASH factor | primary (DOT name)* ;
primary
  : literal
  | LPAREN expr RPAREN
  | LBRACE (expr (COMMA expr)*)? RBRACE
  | aggregate
  | function
  | name LPAREN (expr (COMMA expr)*)? RPAREN
  | name
  ;

literal
  : NUMBER (PERCENT | PERMILLE)
  | NUMBER unit
  | NUMBER WORD
  | NUMBER
  | K_A unit
  | K_HALF K_A K_YEAR
  | K_HALF_YEAR
  | DATE TIME?
  | TIME
  | STRING
  | K_YES
  | K_NO
  | K_NONE
  ;
unit
  : (K_WORKING (K_DAY | K_HOUR) | K_WORKING_DAY | K_WORKING_HOUR) (K_OF name | LPAREN name RPAREN)?
  | K_SECOND | K_MINUTE | K_HOUR | K_DAY | K_WEEK | K_MONTH | K_QUARTER | K_YEAR
  ;

aggregate
  : aggregator K_OF path over? (K_WHERE expr)?
  | K_TIME K_OF K_LATEST name over? (K_WHERE expr)?
  | localOver path (LPAREN K_WHERE expr RPAREN)? DOT? aggregator
  | localOver? K_RECENT path (LPAREN K_WHERE expr RPAREN)?
  ;
over
  : K_OVER K_THE? K_LAST sum
  | K_OVER K_THE? K_THE_SAME K_MONTH K_OF K_THE? K_LAST sum
  | K_OVER (K_THIS | K_THE? K_PREVIOUS) (K_WEEK | K_MONTH | K_QUARTER | K_YEAR)
  ;
localOver
  : K_JIN sum (K_NEI | K_SAME_MONTH)
  | K_LICI
  | K_THIS_WEEK | K_THIS_MONTH | K_THIS_QUARTER | K_THIS_YEAR
  | K_PREVIOUS_WEEK | K_PREVIOUS_MONTH | K_PREVIOUS_QUARTER | K_PREVIOUS_YEAR
  ;
path : name (DOT name)? ;
aggregator : K_COUNT | K_SUM | K_AVERAGE | K_MIN | K_MAX | K_LATEST ;

function
  : K_DAY K_FROM sum K_TO sum
  | K_WORKING K_DAY inCalendar? K_FROM sum K_TO sum
  | K_ZI sum K_TO sum (K_DAY_COUNT | K_WORKING_DAY_COUNT inCalendar?)
  | K_ROUND sum K_TO sum K_PLACES?
  | (K_START | K_END) K_OF (K_MONTH | K_QUARTER | K_YEAR) K_OF factor
  | K_NEXT K_WORKING K_DAY inCalendar? K_AFTER factor
  | K_PREVIOUS K_WORKING K_DAY inCalendar? K_BEFORE factor
  | (K_YEAR | K_MONTH | K_DAY | K_WEEKDAY | K_DATE | K_TIME) K_OF factor
  ;

// Every keyword that is not reserved.
name
  : WORD | QUOTED
  | K_POLICY | K_USE | K_EFFECTIVE | K_IN_FORCE | K_ZHI | K_FROM | K_ZI | K_TO | K_BASIS
  | K_VOCABULARY | K_TIMEZONE | K_CURRENCY | K_DAY_STARTS | K_STARTS | K_CALENDAR | K_DEFAULT
  | K_WORK_HOURS | K_REFERENCE | K_ENTITY | K_KEY | K_PRIVATE | K_SET | K_OF | K_SET_OF
  | K_CHOICE | K_EVENT | K_FOR | K_BROADCAST | K_BROADCAST_EVENT | K_OUTGOING
  | K_OUTGOING_EVENT | K_WHERE | K_CHANNEL | K_QUIET | K_ELSE | K_WAIT | K_DROP | K_NOTICE
  | K_MANDATORY | K_SERVICE | K_COMMERCIAL | K_PARAMETER | K_DEFINE | K_FORBID | K_BECAUSE
  | K_TABLE | K_FIRST | K_UNIQUE | K_ALL | K_MATCH | K_FIRST_MATCH | K_UNIQUE_MATCH
  | K_ALL_MATCHES | K_COLLECT | K_ANY | K_RULE | K_CASE | K_PER | K_MAY | K_REOPEN
  | K_MAY_REOPEN | K_OPENS | K_CLOSES | K_OPENS_ON | K_OPENS_WHEN | K_CLOSES_ON | K_CLOSES_WHEN
  | K_AS | K_OWNER | K_KEEP | K_FLIGHT | K_IN_FLIGHT | K_KEEP_OLD | K_RECOMPUTE | K_RESTART
  | K_ON | K_AT | K_OPENING | K_CLOSING | K_AT_OPENING | K_AT_CLOSING
  | K_OCCURS | K_SHI | K_WHEN | K_CHANGES | K_DELIVERED | K_FAILED | K_BEFORE | K_AFTER
  | K_QIAN | K_HOU | K_EVERY_WORKING_DAY | K_MONDAY | K_TUESDAY | K_WEDNESDAY | K_THURSDAY
  | K_FRIDAY | K_SATURDAY | K_SUNDAY | K_DI | K_FIRST_DAY | K_LAST_DAY | K_FIRST_WORKING_DAY
  | K_LAST_WORKING_DAY | K_QUARTERLY | K_OTHERWISE | K_NOTIFY | K_XIANG | K_SEND | K_BY | K_LISTING | K_EVEN
  | K_LATE | K_EVEN_IF_LATE | K_ONCE | K_ONCE_PER_CASE | K_ONCE_DAILY | K_ONCE_WEEKLY
  | K_ONCE_MONTHLY | K_ONCE_YEARLY | K_SAME | K_LIMIT_ONCE | K_TASK | K_RAISE | K_WITH
  | K_CLOSE | K_ESCALATE | K_ESCALATE_TO | K_ESCALATION | K_REASSIGN | K_REASSIGN_TO | K_DUE
  | K_WITHIN | K_TIME_LIMIT | K_DEADLINE | K_EVERY | K_SINCE | K_QIMEI | K_BUT | K_NOT_EARLIER
  | K_BEFORE_DUE | K_OPENED | K_STAYS | K_EXPIRES | K_VALID_FOR | K_DONE | K_DONE_ON
  | K_WHEN_DONE | K_NEEDS | K_PAUSED | K_WHILE | K_PAUSED_DURING | K_WHEN_LATE | K_OVERTIME | K_UNDONE | K_SCENARIO | K_WITH_FILE
  | K_GIVEN | K_YIZHI | K_EXPECT | K_EXPECT_NO | K_SAYING | K_CLOSED | K_BLOCKED | K_NOTHING
  | K_MORE | K_UNTIL | K_YES_NO | K_NUMBER | K_MONEY | K_TEXT | K_DATE | K_TIME | K_DATETIME
  | K_DURATION | K_SECOND | K_MINUTE | K_HOUR | K_DAY | K_WEEK | K_MONTH | K_QUARTER | K_YEAR
  | K_WORKING | K_WORKING_DAY | K_WORKING_HOUR | K_HALF | K_HALF_YEAR | K_A | K_TIMES
  | K_PLACES | K_DAILY | K_WEEKLY | K_MONTHLY | K_YEARLY | K_ZHIDUO | K_NEI | K_LEAST | K_MOST
  | K_KNOWN | K_EMPTY | K_COUNT | K_SUM | K_AVERAGE | K_MIN | K_MAX | K_LATEST | K_OVER | K_THE
  | K_LAST | K_JIN | K_LICI | K_ROUND | K_WEEKDAY | K_START | K_END | K_NEXT | K_PREVIOUS
  | K_ROLLED | K_FORWARD | K_BACK | K_ROLLED_FORWARD | K_ROLLED_BACK | K_DAY_COUNT
  | K_WORKING_DAY_COUNT | K_SCORECARD | K_BASE | K_ADD | K_DEDUCT | K_POINTS | K_GRADE | K_REST
  | K_UNIQUE_KEY | K_THIS | K_THE_SAME | K_SAME_MONTH | K_THIS_WEEK | K_THIS_MONTH
  | K_THIS_QUARTER | K_THIS_YEAR | K_PREVIOUS_WEEK | K_PREVIOUS_MONTH | K_PREVIOUS_QUARTER
  | K_PREVIOUS_YEAR | K_RECENT
  ;
