#include "ui/talk.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ui/complete.h"
#include "ui/help.h"
#include "ui/redact.h"
#include "ui/show_json.h"
#include "ui/show_text.h"

enum { WHY_TEXT = 600 }; // every field of struct why together

// The body of a reply in the making.
struct body {
	FILE *out;
	char *text;
	size_t len;
};

static bool body_open(struct body *body)
{
	*body = (struct body){};
	body->out = open_memstream(&body->text, &body->len);
	return body->out;
}

// Make the body the reply under way. A stream that failed for want of memory is said to have.
static void reply(struct talk *talk, enum frame_status status, struct body *body)
{
	static const char failed[] = "the answer does not fit\n";
	bool bad = !body->out || ferror(body->out);

	bad = (body->out && fclose(body->out)) || bad || body->len > FRAME_BODY;
	if (bad) {
		free(body->text);
		body->text = strdup(failed);
		body->len = body->text ? sizeof(failed) - 1 : 0;
		status = FRAME_FAILED;
	}
	talk->body = body->text;
	talk->body_len = body->len;
	talk->head_len = (size_t)frame_head_show(status, body->len, talk->head);
	talk->sent = 0;
}

// returns whether the body was opened; more may follow the reason
static bool body_why(struct body *body, int err, const struct why *why, const char *code)
{
	char text[WHY_TEXT] = "";

	if (why)
		why_show(why, text, sizeof(text));
	if (!body_open(body))
		return false;
	fprintf(body->out, code ? "%s [%s]\n" : "%s\n", text[0] ? text : strerror(-err), code);
	return true;
}

static void reply_why(struct talk *talk, enum frame_status status, int err, const struct why *why)
{
	struct body body;

	body_why(&body, err, why, NULL);
	reply(talk, status, &body);
}

// The one text that the action is about, and behind it what is to be known besides.
static void show_lines_of(const json_t *result, const char *field, FILE *out)
{
	size_t i;
	const json_t *warning;

	show_lines(json_object_get(result, field), out);
	json_array_foreach (json_object_get(result, "warnings"), i, warning) {
		fputs("warning: ", out);
		show_lines(warning, out);
	}
}

static void call_done(struct act_call *call, int err, json_t *result, const struct why *why)
{
	struct talk *talk = call->ui;
	struct body body;

	talk->running = false;
	if (err) {
		if (body_why(&body, err, why, call->code) && result)
			show_text(result, NULL, body.out);
		reply(talk, call->asks ? FRAME_ASK : FRAME_FAILED, &body);
	} else {
		if (body_open(&body) && talk->json)
			show_json(result, body.out);
		else if (body.out && call->act->text && json_object_get(result, call->act->text))
			show_lines_of(result, call->act->text, body.out);
		else if (body.out)
			show_text(result, call->act->columns, body.out);
		reply(talk, FRAME_OK, &body);
	}
	json_decref(result);
	if (!talk->inside)
		talk->wake(talk);
}

static void run(struct talk *talk, const char *line, bool json)
{
	struct words_match match;
	struct why why = {};
	int err = split_line(line, &talk->split, &why);

	err = err ? err : words_match(talk->grammar, &talk->split, &match, &why);
	if (err) {
		reply_why(talk, err == -EPERM ? FRAME_FAILED : FRAME_USAGE, err, &why);
		return;
	}
	talk->json = json || match.json;
	talk->running = true;
	talk->call = (struct act_call){
		.act = match.act,
		.role = talk->grammar->role,
		.who = talk->who,
		.done = call_done,
		.ui = talk,
	};
	memcpy(talk->call.arg, match.arg, sizeof(match.arg));
	memcpy(talk->call.number, match.number, sizeof(match.number));
	memcpy(talk->call.value, match.value, match.values * sizeof(match.value[0]));
	talk->call.values = match.values;
	match.act->run(talk->grammar->ctl, &talk->call);
	// An action that finishes later can be cancelled (ctl/act.h); its call lives in here.
	assert(!talk->running || talk->call.cancel);
}

static void put_candidate(void *ctx, const char *word, const char *help)
{
	fprintf(ctx, "%s\t%s\n", word, help);
}

static void complete(struct talk *talk, const char *line)
{
	struct body words, body;
	size_t offset = 0;

	if (body_open(&words))
		offset = complete_line(talk->grammar, line, put_candidate, words.out);
	if (words.out)
		fclose(words.out);
	if (body_open(&body))
		fprintf(body.out, "%zu\n%s", offset, words.text ? words.text : "");
	free(words.text);
	reply(talk, FRAME_OK, &body);
}

static void help(struct talk *talk, const char *line)
{
	struct why why = {};
	struct body body;
	int err = 0;

	if (body_open(&body))
		err = help_line(talk->grammar, line, body.out, &why);
	if (!err) {
		reply(talk, FRAME_OK, &body);
		return;
	}
	fclose(body.out);
	free(body.text);
	reply_why(talk, FRAME_USAGE, err, &why);
}

static void history(struct talk *talk, const char *line)
{
	struct body body;

	if (body_open(&body))
		redact_line(talk->grammar, line, body.out);
	reply(talk, FRAME_OK, &body);
}

static void cancel(struct talk *talk)
{
	if (!talk->running)
		return;
	talk->running = false;
	talk->call.cancel(&talk->call);
	reply_why(talk, FRAME_FAILED, -EINTR, &(struct why){.what = "interrupted"});
}

static void request(struct talk *talk, const char *line)
{
	enum frame_verb verb;
	const char *rest;

	if (frame_request_read(line, &verb, &rest)) {
		talk->broken = true;
		reply_why(talk, FRAME_USAGE, -EINVAL, &(struct why){.what = "no such request"});
		return;
	}
	switch (verb) {
	case FRAME_RUN:
	case FRAME_JSON:
		run(talk, rest, verb == FRAME_JSON);
		break;
	case FRAME_COMPLETE:
		complete(talk, rest);
		break;
	case FRAME_HELP:
		help(talk, rest);
		break;
	case FRAME_HISTORY:
		history(talk, rest);
		break;
	case FRAME_CANCEL:
		cancel(talk);
		break;
	}
}

// Requests that are there, one after the other; while one runs, only its cancelling.
static void go_on(struct talk *talk)
{
	static const char give_up[] = "cancel\n";

	talk->inside = true;
	while (!talk->broken && !talk->head_len) {
		int used;

		if (talk->running && (talk->in_len < sizeof(give_up) - 1 ||
					     memcmp(talk->in, give_up, sizeof(give_up) - 1) != 0))
			break;
		used = frame_line(talk->in, talk->in_len);
		if (used < 0 || (!used && talk->in_len >= FRAME_REQUEST)) {
			talk->broken = true;
			reply_why(talk, FRAME_USAGE, -EINVAL,
				&(struct why){.what = "a request is one line of text"});
			break;
		}
		if (!used)
			break;
		request(talk, talk->in);
		talk->in_len -= (size_t)used;
		memmove(talk->in, talk->in + used, talk->in_len);
	}
	talk->inside = false;
}

void talk_init(struct talk *talk, const struct grammar *grammar, const char *who,
	void (*wake)(struct talk *talk))
{
	*talk = (struct talk){.grammar = grammar, .wake = wake};
	snprintf(talk->who, sizeof(talk->who), "%s", who);
}

void talk_fini(struct talk *talk)
{
	if (talk->running)
		talk->call.cancel(&talk->call);
	free(talk->body);
}

char *talk_room(struct talk *talk, size_t *size)
{
	*size = talk->broken ? 0 : sizeof(talk->in) - talk->in_len;
	return talk->in + talk->in_len;
}

void talk_received(struct talk *talk, size_t len)
{
	talk->in_len += len;
	go_on(talk);
}

int talk_pending(const struct talk *talk, struct iovec part[static 2])
{
	size_t head = talk->sent < talk->head_len ? talk->sent : talk->head_len;
	size_t body = talk->sent - head;

	if (!talk->head_len)
		return 0;
	part[0] = (struct iovec){(char *)talk->head + head, talk->head_len - head};
	part[1] = (struct iovec){talk->body ? talk->body + body : NULL, talk->body_len - body};
	return 2;
}

void talk_sent(struct talk *talk, size_t len)
{
	talk->sent += len;
	if (talk->sent < talk->head_len + talk->body_len)
		return;
	free(talk->body);
	talk->body = NULL;
	talk->head_len = talk->body_len = talk->sent = 0;
	go_on(talk);
}

bool talk_over(const struct talk *talk)
{
	return talk->broken && !talk->head_len;
}
