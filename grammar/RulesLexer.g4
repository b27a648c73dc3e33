// Characters to tokens.
//
// The lexer does not see the file's characters but one class per character, always below U+0080
// (engine/tokens.cc makes them): full-width forms are their half-width twins, every letter outside
// ASCII is `x`, and what has no twin has a control character of its own:
//   U+0001 “   U+0002 ”   U+0003 「   U+0004 」   U+0005 ‰   U+0006 ≤   U+0007 ≥   U+0008 ≠
//   U+000B ⇒   U+000C —   U+000E 。   U+000F 年   U+0010 月   U+0011 日   U+0012 ， 、   U+007F other
// So the tables of the generated lexer stay small and fast for Chinese text too. Positions are the
// same in both texts.
//
// Keywords are words here; engine/tokens.cc tells them apart by the table in engine/keywords.h.
lexer grammar RulesLexer;

tokens {
  K_POLICY, K_USE, K_EFFECTIVE, K_IN_FORCE, K_ZHI, K_FROM, K_ZI, K_TO, K_BASIS, K_VOCABULARY,
  K_TIMEZONE, K_CURRENCY, K_DAY_STARTS, K_STARTS, K_CALENDAR, K_DEFAULT, K_WORK_HOURS,
  K_REFERENCE, K_ENTITY, K_KEY, K_PRIVATE, K_SET, K_OF, K_SET_OF, K_CHOICE, K_EVENT, K_FOR,
  K_BROADCAST, K_BROADCAST_EVENT, K_OUTGOING, K_OUTGOING_EVENT, K_WHERE, K_CHANNEL, K_QUIET,
  K_ELSE, K_WAIT, K_DROP, K_NOTICE, K_MANDATORY, K_SERVICE, K_COMMERCIAL, K_PARAMETER, K_DEFINE,
  K_FORBID, K_BECAUSE, K_TABLE, K_FIRST, K_UNIQUE, K_ALL, K_MATCH, K_FIRST_MATCH, K_UNIQUE_MATCH,
  K_ALL_MATCHES, K_COLLECT, K_ANY, K_RULE, K_CASE, K_PER, K_MAY, K_REOPEN, K_MAY_REOPEN, K_OPENS,
  K_CLOSES, K_OPENS_ON, K_OPENS_WHEN, K_CLOSES_ON, K_CLOSES_WHEN, K_AS, K_OWNER, K_KEEP, K_FLIGHT,
  K_IN_FLIGHT, K_KEEP_OLD, K_RECOMPUTE, K_RESTART, K_ON,
  K_AT, K_OPENING, K_CLOSING, K_AT_OPENING, K_AT_CLOSING, K_OCCURS, K_SHI, K_WHEN, K_CHANGES,
  K_DELIVERED, K_FAILED, K_BEFORE, K_AFTER, K_QIAN, K_HOU, K_EVERY_WORKING_DAY, K_MONDAY,
  K_TUESDAY, K_WEDNESDAY, K_THURSDAY, K_FRIDAY, K_SATURDAY, K_SUNDAY, K_DI, K_FIRST_DAY,
  K_LAST_DAY, K_FIRST_WORKING_DAY, K_LAST_WORKING_DAY, K_QUARTERLY, K_OTHERWISE, K_IF, K_NOTIFY, K_XIANG,
  K_SEND, K_BY, K_LISTING, K_EVEN, K_LATE, K_EVEN_IF_LATE, K_ONCE, K_ONCE_PER_CASE, K_ONCE_DAILY,
  K_ONCE_WEEKLY, K_ONCE_MONTHLY, K_ONCE_YEARLY, K_SAME, K_LIMIT_ONCE, K_TASK, K_RAISE, K_WITH,
  K_CLOSE, K_ESCALATE, K_ESCALATE_TO, K_ESCALATION, K_REASSIGN, K_REASSIGN_TO, K_DUE, K_WITHIN,
  K_TIME_LIMIT, K_DEADLINE, K_EVERY, K_SINCE, K_QIMEI, K_BUT, K_NOT_EARLIER, K_BEFORE_DUE,
  K_OPENED, K_STAYS, K_EXPIRES, K_VALID_FOR, K_DONE, K_DONE_ON, K_WHEN_DONE, K_NEEDS,
  K_PAUSED, K_WHILE, K_PAUSED_DURING, K_WHEN_LATE, K_OVERTIME, K_UNDONE, K_SCENARIO, K_WITH_FILE, K_GIVEN, K_YIZHI, K_EXPECT,
  K_EXPECT_NO, K_SAYING, K_CLOSED, K_BLOCKED, K_NOTHING, K_MORE, K_UNTIL, K_YES, K_NO, K_NONE,
  K_YES_NO, K_NUMBER, K_MONEY, K_TEXT, K_DATE, K_TIME, K_DATETIME, K_DURATION, K_SECOND,
  K_MINUTE, K_HOUR, K_DAY, K_WEEK, K_MONTH, K_QUARTER, K_YEAR, K_WORKING, K_WORKING_DAY,
  K_WORKING_HOUR, K_HALF, K_HALF_YEAR, K_A, K_TIMES, K_PLACES, K_DAILY, K_WEEKLY, K_MONTHLY,
  K_YEARLY, K_ZHIDUO, K_NEI, K_AND, K_OR, K_NOT, K_IS, K_IS_NOT, K_IN, K_NOT_IN, K_LEAST, K_MOST,
  K_AT_LEAST, K_AT_MOST, K_ABOVE, K_BELOW, K_BETWEEN, K_KNOWN, K_UNKNOWN, K_EMPTY, K_IS_EMPTY,
  K_IS_NOT_EMPTY, K_CONTAINS, K_NOT_CONTAINS, K_MINUS, K_UNION, K_COUNT, K_SUM, K_AVERAGE, K_MIN,
  K_MAX, K_LATEST, K_OVER, K_THE, K_LAST, K_JIN, K_LICI, K_ROUND, K_WEEKDAY, K_START, K_END,
  K_NEXT, K_PREVIOUS, K_ROLLED, K_FORWARD, K_BACK, K_ROLLED_FORWARD, K_ROLLED_BACK, K_DAY_COUNT,
  K_WORKING_DAY_COUNT, K_SCORECARD, K_BASE, K_ADD, K_DEDUCT, K_POINTS, K_GRADE, K_REST,
  K_UNIQUE_KEY, K_THIS, K_THE_SAME, K_SAME_MONTH, K_THIS_WEEK, K_THIS_MONTH, K_THIS_QUARTER,
  K_THIS_YEAR, K_PREVIOUS_WEEK, K_PREVIOUS_MONTH, K_PREVIOUS_QUARTER, K_PREVIOUS_YEAR, K_RECENT
}

SPACE : [ \t]+ -> skip ;
COMMENT : ('--' | '\u000C\u000C') ~[\r\n]* -> channel(HIDDEN) ;
NEWLINE : [\r\n] [\r\n \t]* ;

// A full-width comma always separates; an ASCII one before exactly three digits is the number's.
NUMBER
  : DIGIT+ ('.' DIGIT+)?
  | DIGIT DIGIT? DIGIT? (',' DIGIT DIGIT DIGIT)+ ('.' DIGIT+)?
  ;
DATE
  : DIGIT DIGIT DIGIT DIGIT '-' DIGIT DIGIT? '-' DIGIT DIGIT?
  | DIGIT DIGIT DIGIT DIGIT ' '* '\u000F' ' '* DIGIT DIGIT? ' '* '\u0010'
    ' '* DIGIT DIGIT? ' '* '\u0011'
  ;
TIME : DIGIT DIGIT? ':' DIGIT DIGIT (':' DIGIT DIGIT)? ;

STRING
  : '"' (ESCAPE | ~["\\\r\n])* '"'
  | '\u0001' (ESCAPE | ~[\u0002\\\r\n])* '\u0002'
  | '\u0002' (ESCAPE | ~[\u0002\\\r\n])* '\u0002'
  | '\u0003' (ESCAPE | ~[\u0004\\\r\n])* '\u0004'
  ;
// The same without its closing quote: shorter than a STRING, so it matches only where there is none.
BAD_STRING
  : '"' (ESCAPE | ~["\\\r\n])* '\\'?
  | '\u0001' (ESCAPE | ~[\u0002\\\r\n])* '\\'?
  | '\u0002' (ESCAPE | ~[\u0002\\\r\n])* '\\'?
  | '\u0003' (ESCAPE | ~[\u0004\\\r\n])* '\\'?
  ;
QUOTED : '`' ~[`\r\n]+ '`' ;
BAD_QUOTED : '`' ~[`\r\n]* | '``' ;

WORD : LETTER (LETTER | DIGIT)* ;

COLON : ':' ;
COMMA : [,\u0012] ;
SEMICOLON : ';' ;
LPAREN : '(' ;
RPAREN : ')' ;
LBRACE : '{' ;
RBRACE : '}' ;
BAR : '|' ;
DOT : '.' ;
QUESTION : '?' ;
ARROW : '=>' | '\u000B' ;
EQUALS : '=' ;
PLUS : '+' ;
DASH : '-' ;
STAR : '*' ;
SLASH : '/' ;
PERCENT : '%' ;
PERMILLE : '\u0005' ;
LESS_EQUAL : '<=' | '\u0006' ;
GREATER_EQUAL : '>=' | '\u0007' ;
NOT_EQUAL : '!=' | '<>' | '\u0008' ;
LESS : '<' ;
GREATER : '>' ;
FULL_STOP : '\u000E' ;
OTHER : . ;

fragment DIGIT : [0-9] ;
fragment LETTER : [A-Za-z_\u000F-\u0011] ;
fragment ESCAPE : '\\' ~[\r\n] ;
