#include "model/state.h"

int state_init(struct state *s)
{
	s->head = (struct state_head){.version = STATE_VERSION};
	return model_init(&s->model);
}

void state_fini(struct state *s)
{
	model_fini(&s->model);
	s->head = (struct state_head){};
}

int state_copy(struct state *dst, const struct state *src)
{
	dst->head = src->head;
	return model_copy(&dst->model, &src->model);
}
