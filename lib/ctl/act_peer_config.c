#include <stdlib.h>

#include "ctl/act_edit.h"
#include "peerconf/peerconf.h"

// The text for a vendor as a value; the buffer that it was made in is wiped.
static int text_of(const struct peerconf *p, const char *vendor, json_t **value, struct why *why)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	int err;

	if (!out)
		return -ENOMEM;
	err = peerconf_write(p, vendor, out, why);
	if (fclose(out) && !err)
		err = -ENOMEM;
	*value = err ? NULL : json_stringn(text, size);
	if (!err && !*value)
		err = why_set(why, -EINVAL, "a pre-shared key that is no UTF-8", p->connection,
			NULL, NULL);
	if (text)
		wipe(text, size);
	free(text);
	return err;
}

void act_show_peer_config(struct ctl *ctl, struct act_call *call)
{
	const struct model_connection *conn = model_find_connection(ctl->model, call->arg[0]);
	struct why why = {};
	struct peerconf p;
	json_t *text = NULL;
	int err;

	if (!conn) {
		err = act_missing(call, &act_connections, call->arg[0], &why);
		act_done(call, err, NULL, &why);
		return;
	}
	err = peerconf_make(ctl->model, conn, &p, &why);
	err = err ? err : text_of(&p, call->arg[1], &text, &why);
	if (err)
		act_done(call, err, NULL, &why);
	else
		act_answer(call, json_pack("{s:o, s:o}", "VpnConnectionConfig", peerconf_tree(&p),
					 "Text", text));
}
