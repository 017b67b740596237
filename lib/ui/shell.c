#include "ui/shell.h"

#include <errno.h>
#include <histedit.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <termios.h>
#include <unistd.h>

enum {
	PATIENCE_MS = 200, // then Ctrl-C is looked for while a request runs
	HISTORY = 1000,
	TYPED = 256,
	CTRL_C = 3,
};

struct shell {
	struct client client;
	EditLine *edit;
	History *history;
	char prompt[80];
	char typed[TYPED]; // while a request ran; belongs to the next line
};

static struct shell *shell_of(EditLine *edit)
{
	void *shell = NULL;

	el_get(edit, EL_CLIENTDATA, &shell);
	return shell;
}

static char *prompt(EditLine *edit)
{
	return shell_of(edit)->prompt;
}

// The line as far as the cursor. returns false when it is too long to be a line of ours
static bool line_so_far(EditLine *edit, char line[static SPLIT_LINE])
{
	const LineInfo *info = el_line(edit);
	size_t len = (size_t)(info->cursor - info->buffer);

	if (len >= SPLIT_LINE)
		return false;
	memcpy(line, info->buffer, len);
	line[len] = '\0';
	return true;
}

// The choices at the cursor. returns how many, with the reply to free; 0: none, nothing to free
static unsigned int choices(EditLine *edit, struct line_choice choice[LINE_CHOICES],
	struct client_reply *reply, size_t *typed)
{
	char line[SPLIT_LINE];
	size_t offset;
	unsigned int n;

	if (!line_so_far(edit, line) ||
		client_ask(&shell_of(edit)->client, FRAME_COMPLETE, line, reply, NULL))
		return 0;
	n = line_choices(reply, choice, LINE_CHOICES, &offset);
	*typed = offset < strlen(line) ? strlen(line) - offset : 0;
	if (!n)
		free(reply->body);
	return n;
}

// How much all the words have in common.
static size_t common(const struct line_choice choice[], unsigned int n)
{
	size_t len = strlen(choice[0].word);

	for (unsigned int i = 1; i < n; i++)
		for (size_t at = 0; at < len; at++)
			if (choice[i].word[at] != choice[0].word[at])
				len = at;
	return len;
}

static unsigned char show_below(const struct line_choice choice[], unsigned int n)
{
	fputc('\n', stdout);
	line_show_choices(choice, n, stdout);
	return CC_REDISPLAY;
}

// TAB: as far as it is clear, and a space behind a whole word ("label=" and "tunnel1." are none);
// else what there is to choose.
static unsigned char on_tab(EditLine *edit, int)
{
	struct line_choice choice[LINE_CHOICES];
	struct client_reply reply;
	size_t typed, len;
	unsigned int n = choices(edit, choice, &reply, &typed);
	unsigned char then = CC_REFRESH;
	char word[SPLIT_LINE];

	if (!n)
		return CC_REFRESH_BEEP;
	len = common(choice, n);
	if (len >= sizeof(word) - 1) {
		then = CC_REFRESH_BEEP;
	} else if (!len || (n > 1 && len <= typed)) {
		then = show_below(choice, n);
	} else {
		memcpy(word, choice[0].word, len);
		strcpy(word + len, n == 1 && !strchr("=.", word[len - 1]) ? " " : "");
		el_deletestr(edit, (int)typed);
		if (el_insertstr(edit, word))
			then = CC_REFRESH_BEEP;
	}
	free(reply.body);
	return then;
}

// "?": the choices with their help; within quotes it is a character like any other.
static unsigned char on_question(EditLine *edit, int)
{
	struct line_choice choice[LINE_CHOICES];
	struct client_reply reply;
	struct split split;
	char line[SPLIT_LINE];
	size_t typed;
	unsigned int n;
	unsigned char then;

	if (line_so_far(edit, line) && split_line(line, &split, NULL) && split.unterminated)
		return el_insertstr(edit, "?") ? CC_REFRESH_BEEP : CC_REFRESH;
	n = choices(edit, choice, &reply, &typed);
	if (!n)
		return CC_REFRESH_BEEP;
	then = show_below(choice, n);
	free(reply.body);
	return then;
}

// Ctrl-C while a line is edited: forget it.
static unsigned char on_interrupt(EditLine *edit, int)
{
	const LineInfo *info = el_line(edit);

	el_cursor(edit, (int)(info->lastchar - info->cursor));
	info = el_line(edit);
	el_deletestr(edit, (int)(info->lastchar - info->buffer));
	fputs("^C\n", stdout);
	return CC_REDISPLAY;
}

// Keys typed while a request runs. returns -EINTR when Ctrl-C is among them; it forgets what was
// typed before it
static int take_keys(struct shell *shell)
{
	char keys[64];
	ssize_t len = read(STDIN_FILENO, keys, sizeof(keys));
	size_t at = strlen(shell->typed);
	int err = 0;

	for (ssize_t i = 0; i < len; i++) {
		if (keys[i] == CTRL_C) {
			at = 0;
			err = -EINTR;
		} else if (at + 1 < sizeof(shell->typed) && keys[i]) {
			shell->typed[at++] = keys[i];
		}
		shell->typed[at] = '\0';
	}
	return err;
}

static int wait_reply(void *ctx, int fd)
{
	struct shell *shell = ctx;
	struct pollfd fds[] = {
		{.fd = fd, .events = POLLIN}, {.fd = STDIN_FILENO, .events = POLLIN}};
	struct termios cooked, raw;
	int err = 0;

	if (poll(fds, 1, PATIENCE_MS) != 0)
		return 0;
	if (tcgetattr(STDIN_FILENO, &cooked))
		return 0;
	raw = cooked;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG);
	tcsetattr(STDIN_FILENO, TCSANOW, &raw);
	while (!err && poll(fds, 2, -1) >= 0 && !fds[0].revents)
		err = fds[1].revents & POLLIN ? take_keys(shell) : -EINTR;
	tcsetattr(STDIN_FILENO, TCSANOW, &cooked);
	return err;
}

// "y" or "yes" is yes; anything else, Ctrl-C and the end of the input among it, is no.
static bool ask_terminal(void *, const char *what)
{
	struct termios cooked, plain;
	char answer[16] = "";
	ssize_t len;

	printf("%s. Go on? [y/N] ", what);
	fflush(stdout);
	if (tcgetattr(STDIN_FILENO, &cooked))
		return false;
	// Ctrl-C ends the line like any other answer, and is no signal.
	plain = cooked;
	plain.c_lflag &= ~(tcflag_t)ISIG;
	plain.c_lflag |= ICANON | ECHO;
	plain.c_cc[VEOL] = CTRL_C;
	tcsetattr(STDIN_FILENO, TCSANOW, &plain);
	len = read(STDIN_FILENO, answer, sizeof(answer) - 1);
	tcsetattr(STDIN_FILENO, TCSANOW, &cooked);
	answer[len > 0 ? len : 0] = '\0';
	if (!strchr(answer, '\n'))
		fputc('\n', stdout);
	return !strcasecmp(answer, "y\n") || !strcasecmp(answer, "yes\n");
}

// returns 0 or -ENOMEM; what is there is freed by the caller
static int editor_open(struct shell *shell, const char *file)
{
	HistEvent event;

	shell->edit = el_init("culvert", stdin, stdout, stderr);
	shell->history = history_init();
	if (!shell->edit || !shell->history)
		return -ENOMEM;
	el_set(shell->edit, EL_CLIENTDATA, shell);
	el_set(shell->edit, EL_PROMPT, prompt);
	el_set(shell->edit, EL_EDITOR, "emacs");
	el_set(shell->edit, EL_HIST, history, shell->history);
	// Ctrl-C is a key here, so that no signal reaches the daemon that this may be a thread of.
	el_set(shell->edit, EL_SETTY, "-d", "-isig", NULL);
	el_set(shell->edit, EL_ADDFN, "culvert-complete", "how the line may go on", on_tab);
	el_set(shell->edit, EL_ADDFN, "culvert-help", "the same, with help", on_question);
	el_set(shell->edit, EL_ADDFN, "culvert-interrupt", "forget the line", on_interrupt);
	el_set(shell->edit, EL_BIND, "^I", "culvert-complete", NULL);
	el_set(shell->edit, EL_BIND, "?", "culvert-help", NULL);
	el_set(shell->edit, EL_BIND, "^C", "culvert-interrupt", NULL);
	el_set(shell->edit, EL_BIND, "^R", "em-inc-search-prev", NULL);
	el_source(shell->edit, NULL);
	history(shell->history, &event, H_SETSIZE, HISTORY);
	history(shell->history, &event, H_SETUNIQUE, 1);
	if (file)
		history(shell->history, &event, H_LOAD, file);
	return 0;
}

static void remember(struct shell *shell, const char *line, const char *file)
{
	char kept[SPLIT_LINE];
	HistEvent event;

	if (!line_for_history(&shell->client, line, kept))
		return;
	history(shell->history, &event, H_ENTER, kept);
	if (file)
		history(shell->history, &event, H_SAVE, file);
}

static enum line_end lines(struct shell *shell, const char *file)
{
	enum line_end end = LINE_OK;
	const char *line;
	int len;

	for (;;) {
		if (shell->typed[0])
			el_push(shell->edit, shell->typed);
		shell->typed[0] = '\0';
		line = el_gets(shell->edit, &len);
		if (!line && len < 0 && errno == EINTR)
			continue;
		if (!line) { // Ctrl-D
			fputc('\n', stdout);
			return LINE_OK;
		}
		remember(shell, line, file);
		end = line_run(&shell->client, line, false, stdout, stderr);
		fflush(stdout);
		if (end == LINE_QUIT)
			return LINE_OK;
		// A daemon that restarts is back for the next line; a socketpair never is.
		if (end == LINE_LOST && !shell->client.path)
			return LINE_LOST;
	}
}

enum line_end shell_run(struct client *client, const char *history)
{
	struct shell shell = {.client = *client};
	enum line_end end = LINE_FAILED;
	char host[64] = "";

	shell.client.wait = wait_reply;
	shell.client.ask = ask_terminal;
	shell.client.ctx = &shell;
	gethostname(host, sizeof(host) - 1);
	snprintf(shell.prompt, sizeof(shell.prompt), "culvert@%s> ", host);
	if (!editor_open(&shell, history))
		end = lines(&shell, history);
	if (shell.history)
		history_end(shell.history);
	if (shell.edit)
		el_end(shell.edit);
	client->fd = shell.client.fd;
	return end;
}
