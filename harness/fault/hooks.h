/* Ready hooks: many faults are nothing but a row that names one of them. */
#ifndef SYNCSPEC_FAULT_HOOKS_H
#define SYNCSPEC_FAULT_HOOKS_H

#include "fault/call.h"

/* For `before`. */

/* Leaves out the request's field `text`. */
fault_hook fault_drop_field;
/* Gives it the value `other`; the second, only where it is there. */
fault_hook fault_set_field, fault_change_field;
/* Leaves out the parameter `text` of the query. */
fault_hook fault_drop_parameter;
/* Gives it the value `other`. */
fault_hook fault_set_parameter;
/* Answers with status `number` and the body `text`. */
fault_hook fault_answer;
/* Adds `number` hundredths to the time in the request's field `text`. */
fault_hook fault_shift_field;
/* The same for the parameter `text`. */
fault_hook fault_shift_parameter;

/* Leaves out the parameter `text` where there is one called `other`, too. */
fault_hook fault_drop_beside;
/* Leaves out the parameter `text` when it is no time. */
fault_hook fault_drop_wrong_time;
/* Answers 500 to a parameter `text` whose value begins with `other`; with "", to an empty one. */
fault_hook fault_value_is_500;

/* For `after`. */

/* Makes a 400 a 500 where there is a parameter `text`. */
fault_hook fault_refusal_is_500;

/* Leaves out the reply's field `text`. */
fault_hook fault_unset;
/* Gives it the value `other`. */
fault_hook fault_set;
/* Adds `number` hundredths to the time in the reply's field `text`. */
fault_hook fault_shift;
/* Another status: `number`. */
fault_hook fault_status;
/* The body is `text`. */
fault_hook fault_body;
/* The body becomes the member `text` of an object; or, of the second, a text. */
fault_hook fault_wrap, fault_quote;
/* Leaves out the member `text` of the object that the body is. */
fault_hook fault_drop_member;
/* Puts `other` in the place of the value at the pointer `text` of the body. */
fault_hook fault_set_value;
/* Replaces each `text` of the body by `other`. */
fault_hook fault_replace;

#endif
