#include "sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char sample[] =
	"system = { control_lcore = 0; worker_lcores = [ 1, 2 ]; };\n"
	"ports = (\n"
	" { name = \"wan\"; device = \"0000:03:00.0\"; role = \"outside\";\n"
	"   addresses = [ \"203.0.113.1/24\", \"203.0.113.2/24\" ]; },\n"
	" { name = \"lan\"; device = \"0000:03:00.1\"; mtu = 9000;\n"
	"   addresses = [ \"10.1.0.1/24\" ]; } );\n"
	"gateway_addresses = (\n"
	" { name = \"gw1\"; address = \"203.0.113.1\"; port = \"wan\";\n"
	"   next_hop = \"203.0.113.254\"; },\n"
	" { name = \"gw2\"; address = \"203.0.113.2\"; port = \"wan\"; } );\n"
	"customer_gateways = (\n"
	" { name = \"tokyo\"; address = \"198.51.100.7\"; },\n"
	" { name = \"osaka\"; address = \"203.0.113.77\"; } );\n"
	"connections = (\n"
	" { name = \"office\";\n"
	"   local_networks = [ \"10.1.0.0/16\" ];\n"
	"   remote_networks = [ \"10.2.0.0/16\", \"10.3.0.0/16\" ];\n"
	"   tunnels = (\n"
	"    { name = \"office-1\"; gateway_address = \"gw1\"; customer_gateway = \"tokyo\";\n"
	"      pre_shared_key = \"a secret of office-1\";\n"
	"      local_id = \"fqdn:gw.example\"; remote_id = \"keyid:0x0102\";\n"
	"      ike = { proposals = [ \"aes256-sha256-ecp256\" ]; };\n"
	"      ipsec = { proposals = [ \"aes256gcm16-ecp256\" ]; }; },\n"
	"    { name = \"office-2\"; gateway_address = \"gw2\"; customer_gateway = \"osaka\";\n"
	"      pre_shared_key = \"a secret of office-2\";\n"
	"      ike = { proposals = [ \"aes256-sha256-ecp256\" ]; };\n"
	"      ipsec = { proposals = [ \"aes256gcm16-ecp256\" ]; }; } ); } );\n"
	"routes = (\n"
	" { destination = \"10.2.0.0/16\"; connection = \"office\"; },\n"
	" { destination = \"10.1.0.0/16\"; port = \"lan\";\n"
	"   next_hop = \"10.1.0.254\"; } );\n"
	"policies = (\n"
	" { name = \"web\"; source = \"10.1.0.0/16\"; destination = \"10.2.0.0/16\";\n"
	"   protocol = \"tcp\"; destination_ports = \"80-443\";\n"
	"   connection = \"office\"; } );\n";

char *sample_with(const char *find, const char *replace)
{
	const char *at = strstr(sample, find);
	size_t size = sizeof(sample) + strlen(replace);
	char *text = malloc(size);

	if (!at || !text)
		abort();
	snprintf(text, size, "%.*s%s%s", (int)(at - sample), sample, replace, at + strlen(find));
	return text;
}
