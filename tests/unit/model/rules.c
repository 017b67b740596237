#include "rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char rules_file[] =
	"system = { control_lcore = 0; worker_lcores = [ 1 ]; };\n"
	"ports = (\n"
	" { name = \"wan\"; device = \"0000:03:00.0\"; role = \"outside\";\n"
	"   addresses = [ \"203.0.113.1/24\", \"203.0.113.2/24\", \"203.0.113.3/24\" ]; },\n"
	" { name = \"lan\"; device = \"0000:03:00.1\"; addresses = [ \"10.1.0.1/24\" ]; } );\n"
	"gateway_addresses = (\n"
	" { name = \"gw1\"; address = \"203.0.113.1\"; port = \"wan\"; next_hop = "
	"\"203.0.113.254\"; },\n"
	" { name = \"gw2\"; address = \"203.0.113.2\"; port = \"wan\"; next_hop = "
	"\"203.0.113.254\"; },\n"
	" { name = \"gw3\"; address = \"203.0.113.3\"; port = \"wan\"; next_hop = "
	"\"203.0.113.254\"; } );\n";

#define STRONG                                                   \
	" ike = { proposals = [ \"aes256-sha256-group14\" ]; };" \
	" ipsec = { proposals = [ \"aes256-sha256-group14\" ]; };"

const char rules_state[] =
	"vpn_gateways = (\n"
	" { name = \"vpn-1\"; addresses = [ \"gw1\", \"gw2\" ];\n"
	"   about = { label = \"head\"; tags = [ \"owner=net\", \"stage=live\" ]; }; },\n"
	" { name = \"vpn-2\"; addresses = [ \"gw3\" ]; redundancy = \"single\"; } );\n"
	"customer_gateways = (\n"
	" { name = \"cgw-tokyo\"; address = \"198.51.100.7\"; asn = 65001; bgp_secret = "
	"\"md5!key\";\n"
	"   about = { label = \"tokyo\"; description = \"two routers\"; }; },\n"
	" { name = \"cgw-osaka\"; address = \"198.51.100.8\"; },\n"
	" { name = \"cgw-kyoto\"; address = \"198.51.100.9\"; asn = 65003; } );\n"
	"connections = (\n"
	" { name = \"vco-bgp\"; vpn_gateway = \"vpn-1\"; bgp = true;\n"
	"   tunnels = (\n"
	"    { name = \"tun-bgp-1\"; customer_gateway = \"cgw-tokyo\"; pre_shared_key = "
	"\"key-1\";\n"
	"     " STRONG "\n"
	"      bgp = { tunnel_cidr = \"169.254.10.0/30\"; local_address = \"169.254.10.1\"; }; },\n"
	"    { name = \"tun-bgp-2\"; customer_gateway = \"cgw-tokyo\"; pre_shared_key = "
	"\"key-2\";\n"
	"     " STRONG "\n"
	"      bgp = { tunnel_cidr = \"169.254.11.0/30\"; local_address = \"169.254.11.2\"; }; } "
	"); },\n"
	" { name = \"vco-policy\"; vpn_gateway = \"vpn-1\";\n"
	"   local_networks = [ \"10.1.0.0/16\", \"10.2.0.0/16\" ];\n"
	"   remote_networks = [ \"10.8.0.0/16\" ];\n"
	"   tunnels = (\n"
	"    { name = \"tun-policy-1\"; customer_gateway = \"cgw-osaka\"; pre_shared_key = "
	"\"key-3\";\n"
	"     " STRONG " },\n"
	"    { name = \"tun-policy-2\"; customer_gateway = \"cgw-kyoto\"; pre_shared_key = "
	"\"key-4\";\n"
	"     " STRONG "\n"
	"      bgp = { tunnel_cidr = \"169.254.12.0/30\"; local_address = \"169.254.12.1\"; }; } "
	"); },\n"
	" { name = \"vco-single\"; vpn_gateway = \"vpn-2\";\n"
	"   tunnels = (\n"
	"    { name = \"tun-single-1\"; customer_gateway = \"cgw-osaka\"; pre_shared_key = "
	"\"key-5\";\n"
	"     " STRONG " } ); },\n"
	" { name = \"lab\"; local_networks = [ \"10.1.0.0/16\" ]; remote_networks = [ "
	"\"10.9.0.0/16\" ];\n"
	"   tunnels = ( { name = \"lab-1\"; gateway_address = \"gw3\"; customer_gateway = "
	"\"cgw-kyoto\";\n"
	"     pre_shared_key = \"a key of the lab\";" STRONG " } ); } );\n"
	"destination_routes = (\n"
	" { destination = \"172.16.0.0/16\"; connection = \"vco-bgp\"; },\n"
	" { destination = \"172.16.0.0/16\"; connection = \"vco-single\"; weight = 0; },\n"
	" { destination = \"172.17.0.0/16\"; connection = \"vco-single\"; } );\n"
	"policy_routes = (\n"
	" { source = \"10.1.1.0/24\"; destination = \"10.8.1.0/24\"; connection = \"vco-policy\";\n"
	"   priority = 5; description = \"first\"; } );\n";

#define CONNECTION(i) "connections[" #i "]"
#define TUNNEL(i, j)  CONNECTION(i) ".tunnels[" #j "]"
#define OPTION(j)     "TunnelOptionsSpecification." #j
#define X10	      "0123456789"
#define X100	      X10 X10 X10 X10 X10 X10 X10 X10 X10 X10

const struct rule rules[] = {
	// Customer gateways (API.md 2.1)
	{"198.51.100.7", "100.64.0.1", "reserved-address", "customer_gateways[0].address",
		"IpAddress", 400, "InvalidIpAddress.WrongFormat", "ip-address",
		"customer-gateway create ip-address=100.64.0.1"},
	{"198.51.100.7", "169.254.1.1", "reserved-address", "customer_gateways[0].address",
		"IpAddress", 400, "InvalidIpAddress.WrongFormat", "ip-address",
		"customer-gateway create ip-address=169.254.1.1"},
	{"198.51.100.7", "127.0.0.1", "not-a-host", "customer_gateways[0].address", "IpAddress",
		400, "InvalidIpAddress.WrongFormat", "ip-address",
		"customer-gateway create ip-address=127.0.0.1"},
	{"198.51.100.7", "239.0.0.1", "not-a-host", "customer_gateways[0].address", "IpAddress",
		400, "InvalidIpAddress.WrongFormat", "ip-address",
		"customer-gateway create ip-address=239.0.0.1"},
	{"198.51.100.7", "255.0.0.1", "not-a-host", "customer_gateways[0].address", "IpAddress",
		400, "InvalidIpAddress.WrongFormat", "ip-address",
		"customer-gateway create ip-address=255.0.0.1"},
	{"198.51.100.7", "198.51.100", "bad-value", "customer_gateways[0].address", "IpAddress",
		400, "InvalidIpAddress.WrongFormat", "ip-address",
		"customer-gateway create ip-address=198.51.100"},
	{"198.51.100.7", "203.0.113.3", "own-address", "customer_gateways[0].address", "IpAddress",
		400, "InvalidIpAddress.WrongFormat", "ip-address",
		"customer-gateway create ip-address=203.0.113.3"},
	{"asn = 65001", "asn = 45104", "reserved-asn", "customer_gateways[0].asn", "Asn", 400,
		"IllegalParam.Asn", "asn",
		"customer-gateway create ip-address=198.51.100.50 asn=45104"},
	{"asn = 65001", "asn = \"0.45104\"", "reserved-asn", "customer_gateways[0].asn", "Asn", 400,
		"IllegalParam.Asn", "asn",
		"customer-gateway create ip-address=198.51.100.50 asn=0.45104"},
	{"asn = 65001", "asn = 0", "out-of-range", "customer_gateways[0].asn", "Asn", 400,
		"IllegalParam.Asn", "asn",
		"customer-gateway create ip-address=198.51.100.50 asn=0"},
	{"asn = 65001", "asn = 4294967296L", "out-of-range", "customer_gateways[0].asn", "Asn", 400,
		"IllegalParam.Asn", "asn",
		"customer-gateway create ip-address=198.51.100.50 asn=4294967296"},
	{"md5!key", "md5 key", "bad-secret", "customer_gateways[0].bgp_secret", "AuthKey", 400,
		"IllegalParam.AuthKey", "auth-key",
		"customer-gateway modify cgw-tokyo auth-key=\"md5 key\""},
	{"md5!key", "md5?key", "bad-secret", "customer_gateways[0].bgp_secret", "AuthKey", 400,
		"IllegalParam.AuthKey", "auth-key",
		"customer-gateway modify cgw-tokyo auth-key=md5?key"},
	{"md5!key", "md5\xc3\xbc", "bad-secret", "customer_gateways[0].bgp_secret", "AuthKey", 400,
		"IllegalParam.AuthKey", "auth-key",
		"customer-gateway modify cgw-tokyo auth-key=md5\xc3\xbc"},
	{"md5!key", X10 X10 X10 X10 X10 X10 "01234", "out-of-range",
		"customer_gateways[0].bgp_secret", "AuthKey", 400, "IllegalParam.AuthKey",
		"auth-key",
		"customer-gateway modify cgw-tokyo auth-key=" X10 X10 X10 X10 X10 X10 "01234"},
	{"name = \"cgw-osaka\"", "name = \"cgw-tokyo\"", "duplicate", "customer_gateways[1].name",
		"CustomerGatewayId", 400, "IllegalParam.CustomerGatewayId", "cgw-tokyo",
		"customer-gateway create id=cgw-tokyo ip-address=198.51.100.50"},

	// Names, descriptions, tags
	{"label = \"tokyo\"", "label = \"http://tokyo\"", "bad-value",
		"customer_gateways[0].about.label", "Name", 400, "InvalidName", "name",
		"customer-gateway modify cgw-tokyo name=http://tokyo"},
	{"label = \"tokyo\"", "label = \"" X100 "x\"", "out-of-range",
		"customer_gateways[0].about.label", "Name", 400, "InvalidName", "name",
		"customer-gateway modify cgw-tokyo name=" X100 "x"},
	{"two routers", "https://routers", "bad-value", "customer_gateways[0].about.description",
		"Description", 400, "InvalidDescription", "description",
		"customer-gateway modify cgw-tokyo description=https://routers"},
	{"two routers", X100 "x", "out-of-range", "customer_gateways[0].about.description",
		"Description", 400, "InvalidDescription", "description",
		"customer-gateway modify cgw-tokyo description=" X100 "x"},
	{"label = \"head\"", "label = \"http://head\"", "bad-value", "vpn_gateways[0].about.label",
		"Name", 400, "InvalidName", "name", "vpn-gateway modify vpn-1 name=http://head"},
	{"stage=live", "aliyun-stage=live", "bad-value", "vpn_gateways[0].about.tags[1]", "Tags",
		400, "IllegalParam.Tags", "tag",
		"vpn-gateway modify vpn-1 tag=owner=net tag=aliyun-stage=live"},
	{"stage=live", "owner=other", "duplicate", "vpn_gateways[0].about.tags[1]", "Tags", 400,
		"IllegalParam.Tags", "tag",
		"vpn-gateway modify vpn-1 tag=owner=net tag=owner=other"},
	{"\"stage=live\"",
		"\"1=\",\"2=\",\"3=\",\"4=\",\"5=\",\"6=\",\"7=\",\"8=\",\"9=\",\"a=\",\"b=\",\"c="
		"\","
		"\"d=\",\"e=\",\"f=\",\"g=\",\"h=\",\"i=\",\"j=\",\"k=\"",
		"too-many", "vpn_gateways[0].about.tags", "Tags", 400, "IllegalParam.Tags", "tag",
		"vpn-gateway modify vpn-1 tag=1= tag=2= tag=3= tag=4= tag=5= tag=6= tag=7= tag=8= "
		"tag=9= tag=a= tag=b= tag=c= tag=d= tag=e= tag=f= tag=g= tag=h= tag=i= tag=j= "
		"tag=k= tag=l="},

	// VPN gateways
	{"[ \"gw1\", \"gw2\" ]", "[ \"gw1\" ]", "wrong-number", "vpn_gateways[0].addresses",
		"vpn_gateways[0].addresses", 400, "InvalidParameter", "addresses",
		"vpn-gateway create address1=gw1"},
	{"[ \"gw3\" ]", "[ \"gw3\", \"gw1\" ]", "wrong-number", "vpn_gateways[1].addresses",
		"vpn_gateways[1].addresses", 400, "InvalidParameter", "addresses",
		"vpn-gateway create redundancy=single address1=gw3 address2=gw1"},
	{"[ \"gw1\", \"gw2\" ]", "[ \"gw1\", \"gw1\" ]", "same-gateway-address",
		"vpn_gateways[0].addresses[1]", "vpn_gateways[0].addresses[1]", 400,
		"InvalidParameter", "addresses", "vpn-gateway create address1=gw1 address2=gw1"},
	{"[ \"gw1\", \"gw2\" ]", "[ \"gw1\", \"gw4\" ]", "unknown-name",
		"vpn_gateways[0].addresses[1]", "vpn_gateways[0].addresses[1]", 400,
		"InvalidParameter", "addresses", "vpn-gateway create address1=gw1 address2=gw4"},
	{"name = \"vpn-2\"", "name = \"vpn-1\"", "duplicate", "vpn_gateways[1].name",
		"VpnGatewayId", 400, "IllegalParam.VpnGatewayId", "vpn-1",
		"vpn-gateway create id=vpn-1 address1=gw1 address2=gw2"},

	// Quotas: vco-policy makes two policy routes by itself (D-5), a third stands there
	{"name = \"vpn-1\"; ", "name = \"vpn-1\"; max_connections = 1; ", "quota-full",
		"vpn_gateways[0].max_connections", "vpn_gateways[0].max_connections", 400,
		"Resource.QuotaFull", "max-connections",
		"vpn-gateway modify vpn-1 max-connections=1"},
	{"name = \"vpn-2\"; ", "name = \"vpn-2\"; max_routes = 1; ", "quota-full",
		"vpn_gateways[1].max_routes", "vpn_gateways[1].max_routes", 400,
		"Resource.QuotaFull", "max-routes", "vpn-gateway modify vpn-2 max-routes=1"},
	{"name = \"vpn-1\"; ", "name = \"vpn-1\"; max_policy_routes = 2; ", "quota-full",
		"vpn_gateways[0].max_policy_routes", "vpn_gateways[0].max_policy_routes", 400,
		"QuotaExceeded.PolicyBasedRoute", "max-policy-routes",
		"vpn-gateway modify vpn-1 max-policy-routes=2"},

	// Connections (API.md 2.2)
	{"vpn_gateway = \"vpn-1\"", "vpn_gateway = \"vpn-3\"", "unknown-name",
		CONNECTION(0) ".vpn_gateway", "VpnGatewayId", 404,
		"InvalidVpnGatewayInstanceId.NotFound", "vpn-3",
		"connection create vpn-gateway=vpn-3 tunnel1.customer-gateway=cgw-osaka "
		"tunnel2.customer-gateway=cgw-kyoto"},
	{"customer_gateway = \"cgw-tokyo\"", "customer_gateway = \"cgw-nara\"", "unknown-name",
		TUNNEL(0, 0) ".customer_gateway", OPTION(1) ".CustomerGatewayId", 404,
		"InvalidCustomerGatewayInstanceId.NotFound", "tunnel1.customer-gateway",
		"connection modify vco-bgp tunnel1.customer-gateway=cgw-nara"},
	{"customer_gateway = \"cgw-osaka\"; ", "", "missing", TUNNEL(1, 0) ".customer_gateway",
		OPTION(1) ".CustomerGatewayId", 400, "MissingParameter.CustomerGatewayId",
		"tunnel1.customer-gateway",
		"connection create vpn-gateway=vpn-1 tunnel2.customer-gateway=cgw-osaka"},
	{"name = \"vco-policy\"", "name = \"vco-bgp\"", "duplicate", CONNECTION(1) ".name",
		"VpnConnectionId", 400, "InvalidVpnConnection.AlreadyExists", "vco-policy",
		"connection create id=vco-policy vpn-gateway=vpn-1 "
		"tunnel1.customer-gateway=cgw-osaka tunnel2.customer-gateway=cgw-kyoto"},
	{"name = \"tun-bgp-2\"", "name = \"tun-bgp-1\"", "duplicate", TUNNEL(0, 1),
		"TunnelOptionsSpecification", 400, "IllegalParam.TunnelOptionsSpecification"},
	//
	{"vpn_gateway = \"vpn-2\"", "vpn_gateway = \"vpn-1\"", "wrong-number",
		CONNECTION(2) ".tunnels", "TunnelOptionsSpecification", 400,
		"VpnConnection.InvalidCreateTunnelOptions"},
	{"vpn_gateway = \"vpn-1\";\n", "vpn_gateway = \"vpn-2\";\n", "wrong-number",
		CONNECTION(1) ".tunnels", "TunnelOptionsSpecification", 400,
		"VpnConnection.InvalidCreateTunnelOptions", "tunnel2",
		"connection create vpn-gateway=vpn-2 tunnel1.customer-gateway=cgw-osaka "
		"tunnel2.customer-gateway=cgw-kyoto"},
	{"name = \"tun-single-1\"; ", "name = \"tun-single-1\"; gateway_address = \"gw3\"; ",
		"given-twice", TUNNEL(2, 0) ".gateway_address", TUNNEL(2, 0) ".gateway_address",
		400, "InvalidParameter"},
	// Two ways that a responder cannot tell apart
	{"customer_gateway = \"cgw-osaka\"; pre_shared_key = \"key-3\"",
		"customer_gateway = \"cgw-tokyo\"; pre_shared_key = \"key-3\"", "ambiguous",
		TUNNEL(1, 0), "TunnelOptionsSpecification", 400,
		"InvalidVpnConnection.AlreadyExists", "tunnels[0]",
		"connection modify vco-policy tunnel1.customer-gateway=cgw-tokyo"},
	{"10.1.0.0/16\", \"10.2.0.0/16", "10.1.0.0/16\", \"10.2.0.1/16", "bad-value",
		CONNECTION(1) ".local_networks[1]", "LocalSubnet", 400, "IllegalParam.LocalSubnet",
		"local-subnet",
		"connection modify vco-policy local-subnet=10.1.0.0/16,10.2.0.1/16"},
	{"10.1.0.0/16\", \"10.2.0.0/16", "10.1.0.0/16\", \"10.1.8.0/24", "overlap",
		CONNECTION(1) ".local_networks[1]", "LocalSubnet", 400, "IllegalParam.LocalSubnet",
		"local-subnet",
		"connection modify vco-policy local-subnet=10.1.0.0/16,10.1.8.0/24"},
	{"[ \"10.8.0.0/16\" ]", "[ \"10.8.0.0/16\", \"2001:db8::/32\" ]", "family",
		CONNECTION(1) ".remote_networks", "RemoteSubnet", 400, "IllegalParam.RemoteSubnet",
		"remote-subnet",
		"connection modify vco-policy remote-subnet=10.8.0.0/16,2001:db8::/32"},
	{"[ \"10.8.0.0/16\" ]", "[ ]", "missing", CONNECTION(1) ".remote_networks", "RemoteSubnet",
		400, "MissingParameter.RemoteSubnet", "remote-subnet",
		"connection modify vco-policy remote-subnet="},
	//
	{"pre_shared_key = \"key-3\";", "pre_shared_key = \"key-3\"; version = \"ikev1\";",
		"one-pair", TUNNEL(1, 0) ".version", OPTION(1) ".TunnelIkeConfig.IkeVersion", 400,
		"IllegalParam.LocalSubnet", "tunnel1.ike-version",
		"connection modify vco-policy tunnel1.ike-version=ikev1"},
	//
	{"\"key-3\"", "\"key 3\"", "bad-secret", TUNNEL(1, 0) ".pre_shared_key",
		OPTION(1) ".TunnelIkeConfig.Psk", 400, "IllegalParam.Psk", "tunnel1.psk",
		"connection modify vco-policy tunnel1.psk=\"key 3\""},
	{"\"key-3\"", "\"key\xc3\xbc\"", "bad-secret", TUNNEL(1, 0) ".pre_shared_key",
		OPTION(1) ".TunnelIkeConfig.Psk", 400, "IllegalParam.Psk", "tunnel1.psk",
		"connection modify vco-policy tunnel1.psk=key\xc3\xbc"},
	{"\"key-3\"", "\"" X100 "x\"", "bad-secret", TUNNEL(1, 0) ".pre_shared_key",
		OPTION(1) ".TunnelIkeConfig.Psk", 400, "IllegalParam.Psk", "tunnel1.psk",
		"connection modify vco-policy tunnel1.psk=" X100 "x"},
	//
	{"pre_shared_key = \"key-3\";", "pre_shared_key = \"key-3\"; version = \"ikev3\";",
		"bad-value", TUNNEL(1, 0) ".version", OPTION(1) ".TunnelIkeConfig.IkeVersion", 400,
		"IllegalParam.IkeVersion", "tunnel1.ike-version",
		"connection modify vco-policy tunnel1.ike-version=ikev3"},
	{"pre_shared_key = \"key-3\";", "pre_shared_key = \"key-3\"; mode = \"quick\";",
		"bad-value", TUNNEL(1, 0) ".mode", OPTION(1) ".TunnelIkeConfig.IkeMode", 400,
		"IllegalParam.IkeMode", "tunnel1.ike-mode",
		"connection modify vco-policy tunnel1.ike-mode=quick"},
	{"ike = { proposals = [ \"aes256-sha256-group14\" ]; }",
		"ike = { proposals = [ \"aes256-sha257-group14\" ]; }", "bad-value",
		TUNNEL(0, 0) ".ike.proposals[0]", OPTION(1) ".TunnelIkeConfig", 400,
		"IllegalParam.TunnelIkeConfig", "tunnel1.ike-proposals",
		"connection modify vco-bgp tunnel1.ike-proposals=aes256-sha257-group14"},
	{"ipsec = { proposals = [ \"aes256-sha256-group14\" ]; }",
		"ipsec = { proposals = [ \"aes256-sha256-group3\" ]; }", "bad-value",
		TUNNEL(0, 0) ".ipsec.proposals[0]", OPTION(1) ".TunnelIpsecConfig", 400,
		"IllegalParam.TunnelIpsecConfig", "tunnel1.ipsec-proposals",
		"connection modify vco-bgp tunnel1.ipsec-proposals=aes256-sha256-group3"},
	{"ike = { ", "ike = { lifetime_s = 86401; ", "out-of-range", TUNNEL(0, 0) ".ike.lifetime_s",
		OPTION(1) ".TunnelIkeConfig.IkeLifetime", 400, "IllegalParam.IkeLifetime",
		"tunnel1.ike-lifetime", "connection modify vco-bgp tunnel1.ike-lifetime=86401"},
	{"ipsec = { ", "ipsec = { lifetime_s = 86401; ", "out-of-range",
		TUNNEL(0, 0) ".ipsec.lifetime_s", OPTION(1) ".TunnelIpsecConfig.IpsecLifetime", 400,
		"IllegalParam.IpsecLifetime", "tunnel1.ipsec-lifetime",
		"connection modify vco-bgp tunnel1.ipsec-lifetime=86401"},
	//
	{"pre_shared_key = \"key-3\";",
		"pre_shared_key = \"key-3\"; local_id = \"keyid:two words\";", "bad-id",
		TUNNEL(1, 0) ".local_id", OPTION(1) ".TunnelIkeConfig.LocalId", 400,
		"IllegalParam.LocalId", "tunnel1.local-id",
		"connection modify vco-policy tunnel1.local-id=\"keyid:two words\""},
	{"pre_shared_key = \"key-3\";",
		"pre_shared_key = \"key-3\"; remote_id = \"keyid:" X100 "\";", "bad-id",
		TUNNEL(1, 0) ".remote_id", OPTION(1) ".TunnelIkeConfig.RemoteId", 400,
		"IllegalParam.RemoteId", "tunnel1.remote-id",
		"connection modify vco-policy tunnel1.remote-id=keyid:" X100},
	{"pre_shared_key = \"key-5\";",
		"pre_shared_key = \"key-5\"; version = \"ikev1\"; remote_id = \"branch.example\";",
		"needs-address-id", TUNNEL(2, 0) ".remote_id",
		OPTION(1) ".TunnelIkeConfig.RemoteId", 400, "IllegalParam.RemoteId",
		"tunnel1.remote-id",
		"connection modify vco-single tunnel1.ike-version=ikev1 "
		"tunnel1.remote-id=branch.example"},
	// D-16
	{"ike = { proposals = [ \"aes256-sha256-group14\" ]; }",
		"ike = { proposals = [ \"3des-sha256-group14\" ]; }", "slow-cipher",
		TUNNEL(0, 0) ".ike.proposals", OPTION(1) ".TunnelIkeConfig", 0, "", "slow-cipher",
		"connection modify vco-bgp tunnel1.ike-enc-alg=3des --dry-run"},
	{"ipsec = { proposals = [ \"aes256-sha256-group14\" ]; }",
		"ipsec = { proposals = [ \"3des-sha256-group14\" ]; }", "slow-cipher",
		TUNNEL(0, 0) ".ipsec.proposals", OPTION(1) ".TunnelIpsecConfig", 0, "",
		"slow-cipher", "connection modify vco-bgp tunnel1.ipsec-enc-alg=3des --dry-run"},

	// BGP
	{"\"169.254.10.0/30\"", "\"169.254.10.0/29\"", "bad-tunnel-cidr",
		TUNNEL(0, 0) ".bgp.tunnel_cidr", OPTION(1) ".TunnelBgpConfig.TunnelCidr", 400,
		"IllegalParam.TunnelCidr", "tunnel1.tunnel-cidr",
		"connection modify vco-bgp tunnel1.tunnel-cidr=169.254.10.0/29"},
	{"\"169.254.10.0/30\"", "\"10.0.0.0/30\"", "bad-tunnel-cidr",
		TUNNEL(0, 0) ".bgp.tunnel_cidr", OPTION(1) ".TunnelBgpConfig.TunnelCidr", 400,
		"IllegalParam.TunnelCidr", "tunnel1.tunnel-cidr",
		"connection modify vco-bgp tunnel1.tunnel-cidr=10.0.0.0/30"},
	{"\"169.254.10.0/30\"", "\"169.254.10.1/30\"", "bad-value", TUNNEL(0, 0) ".bgp.tunnel_cidr",
		OPTION(1) ".TunnelBgpConfig.TunnelCidr", 400, "IllegalParam.TunnelCidr",
		"tunnel1.tunnel-cidr",
		"connection modify vco-bgp tunnel1.tunnel-cidr=169.254.10.1/30"},
#define RESERVED(cidr)                                                                            \
	{                                                                                         \
		"\"169.254.10.0/30\"", "\"" cidr "\"", "reserved-cidr",                           \
			TUNNEL(0, 0) ".bgp.tunnel_cidr", OPTION(1) ".TunnelBgpConfig.TunnelCidr", \
			400, "IllegalParam.TunnelCidr", "tunnel1.tunnel-cidr",                    \
			"connection modify vco-bgp tunnel1.tunnel-cidr=" cidr                     \
	}
	RESERVED("169.254.0.0/30"),
	RESERVED("169.254.1.0/30"),
	RESERVED("169.254.2.0/30"),
	RESERVED("169.254.3.0/30"),
	RESERVED("169.254.4.0/30"),
	RESERVED("169.254.5.0/30"),
	RESERVED("169.254.6.0/30"),
	RESERVED("169.254.169.252/30"),
	{"\"169.254.11.0/30\"", "\"169.254.10.0/30\"", "duplicate", TUNNEL(0, 1) ".bgp.tunnel_cidr",
		OPTION(2) ".TunnelBgpConfig.TunnelCidr", 400, "IllegalParam.TunnelCidr",
		"tunnel2.tunnel-cidr",
		"connection modify vco-bgp tunnel2.tunnel-cidr=169.254.10.0/30"},
	// although BGP is off there
	{"\"169.254.12.0/30\"", "\"169.254.10.0/30\"", "duplicate", TUNNEL(1, 1) ".bgp.tunnel_cidr",
		OPTION(2) ".TunnelBgpConfig.TunnelCidr", 400, "IllegalParam.TunnelCidr",
		"tunnel2.tunnel-cidr",
		"connection modify vco-policy tunnel2.tunnel-cidr=169.254.10.0/30"},
	//
	{"\"169.254.10.1\"", "\"169.254.10.3\"", "not-in-tunnel-cidr",
		TUNNEL(0, 0) ".bgp.local_address", OPTION(1) ".TunnelBgpConfig.LocalBgpIp", 400,
		"InvalidLocalBgpIp.Malformed", "tunnel1.local-bgp-ip",
		"connection modify vco-bgp tunnel1.local-bgp-ip=169.254.10.3"},
	{"\"169.254.10.1\"", "\"169.254.10.0\"", "not-in-tunnel-cidr",
		TUNNEL(0, 0) ".bgp.local_address", OPTION(1) ".TunnelBgpConfig.LocalBgpIp", 400,
		"InvalidLocalBgpIp.Malformed", "tunnel1.local-bgp-ip",
		"connection modify vco-bgp tunnel1.local-bgp-ip=169.254.10.0"},
	{"\"169.254.10.1\"", "\"169.254.11.1\"", "not-in-tunnel-cidr",
		TUNNEL(0, 0) ".bgp.local_address", OPTION(1) ".TunnelBgpConfig.LocalBgpIp", 400,
		"InvalidLocalBgpIp.Malformed", "tunnel1.local-bgp-ip",
		"connection modify vco-bgp tunnel1.local-bgp-ip=169.254.11.1"},
	{"\"169.254.10.1\"", "\"169.254.10\"", "bad-value", TUNNEL(0, 0) ".bgp.local_address",
		OPTION(1) ".TunnelBgpConfig.LocalBgpIp", 400, "InvalidLocalBgpIp.Malformed",
		"tunnel1.local-bgp-ip",
		"connection modify vco-bgp tunnel1.local-bgp-ip=169.254.10"},
	//
	{"tunnel_cidr = \"169.254.11.0/30\"; ", "", "missing", TUNNEL(0, 1) ".bgp.tunnel_cidr",
		OPTION(2) ".TunnelBgpConfig.TunnelCidr", 400, "MissingParameter.TunnelCidr",
		"tunnel2.tunnel-cidr", "connection modify vco-bgp tunnel2.tunnel-cidr="},
	{"local_address = \"169.254.11.2\"; ", "", "missing", TUNNEL(0, 1) ".bgp.local_address",
		OPTION(2) ".TunnelBgpConfig.LocalBgpIp", 400, "MissingParameter.LocalBgpIp",
		"tunnel2.local-bgp-ip", "connection modify vco-bgp tunnel2.local-bgp-ip="},
	//
	{"tunnel_cidr = \"169.254.11.0/30\";",
		"tunnel_cidr = \"169.254.11.0/30\"; local_asn = 65000;", "different-asn",
		TUNNEL(0, 1) ".bgp.local_asn", OPTION(2) ".TunnelBgpConfig.LocalAsn", 400,
		"IllegalParam.LocalAsn", "tunnel2.local-asn",
		"connection modify vco-bgp tunnel2.local-asn=65000"},
	{"tunnel_cidr = \"169.254.11.0/30\";", "tunnel_cidr = \"169.254.11.0/30\"; local_asn = 0;",
		"out-of-range", TUNNEL(0, 1) ".bgp.local_asn",
		OPTION(2) ".TunnelBgpConfig.LocalAsn", 400, "IllegalParam.LocalAsn",
		"tunnel2.local-asn", "connection modify vco-bgp tunnel2.local-asn=0"},
	//
	{"asn = 65001; ", "", "needs-asn", TUNNEL(0, 0) ".customer_gateway",
		OPTION(1) ".CustomerGatewayId", 400, "MissingParam.CustomerGatewayAsn",
		"tunnel1.customer-gateway",
		"connection modify vco-bgp tunnel1.customer-gateway=cgw-osaka"},
	{"asn = 65001; ", "", "needs-asn", TUNNEL(0, 1) ".customer_gateway",
		OPTION(2) ".CustomerGatewayId", 400, "MissingParam.CustomerGatewayAsn",
		"tunnel2.customer-gateway",
		"connection modify vco-bgp tunnel2.customer-gateway=cgw-osaka"},
	// D-15
	{"name = \"vco-policy\"; ", "name = \"vco-policy\"; bgp = true; ", "needs-destination-mode",
		CONNECTION(1) ".bgp", "EnableTunnelsBgp", 400, "IllegalParam.EnableTunnelsBgp",
		"enable-tunnels-bgp", "connection modify vco-policy enable-tunnels-bgp=true"},

	//
	{"vpn_gateway = \"vpn-2\";", "vpn_gateway = \"vpn-2\"; health_check = { enabled = true; };",
		"missing", CONNECTION(2) ".health_check.destination", "HealthCheckConfig.dip", 400,
		"MissingParameter.dip", "health-check-destination",
		"connection modify vco-single health-check=true"},
	{"vpn_gateway = \"vpn-2\";",
		"vpn_gateway = \"vpn-2\"; health_check = { enabled = true; destination = "
		"\"10.9.0.1\"; source = \"10.7.0.1\"; };",
		"not-own-address", CONNECTION(2) ".health_check.source", "HealthCheckConfig.sip",
		400, "IllegalParam.sip", "health-check-source",
		"connection modify vco-single health-check=true health-check-destination=10.9.0.1 "
		"health-check-source=10.7.0.1"},

	// Destination routes (API.md 2.4)
	{"\"172.17.0.0/16\"", "\"0.0.0.0/0\"", "default-route", "destination_routes[2].destination",
		"RouteDest", 400, "IllegalParam.RouteDest", "destination",
		"destination-route create destination=0.0.0.0/0 connection=vco-single"},
	{"\"172.17.0.0/16\"", "\"100.64.8.0/24\"", "reserved-destination",
		"destination_routes[2].destination", "RouteDest", 400, "IllegalParam.RouteDest",
		"destination",
		"destination-route create destination=100.64.8.0/24 connection=vco-single"},
	{"\"172.17.0.0/16\"", "\"96.0.0.0/5\"", "reserved-destination",
		"destination_routes[2].destination", "RouteDest", 400, "IllegalParam.RouteDest",
		"destination",
		"destination-route create destination=96.0.0.0/5 connection=vco-single"},
	{"weight = 0", "weight = 50", "out-of-range", "destination_routes[1].weight", "Weight", 400,
		"IllegalParam.Weight", "weight",
		"destination-route modify destination=172.16.0.0/16 connection=vco-single "
		"weight=50"},
	{"weight = 0", "weight = 101", "out-of-range", "destination_routes[1].weight", "Weight",
		400, "IllegalParam.Weight", "weight",
		"destination-route modify destination=172.16.0.0/16 connection=vco-single "
		"weight=101"},
	// D-14
	{"weight = 0", "weight = 100", "route-conflict", "destination_routes[1].destination",
		"RouteDest", 400, "VpnRouteEntry.Conflict", "destination",
		"destination-route modify destination=172.16.0.0/16 connection=vco-single "
		"weight=100"},
	{"connection = \"vco-single\"; weight", "connection = \"vco-bgp\"; weight", "duplicate",
		"destination_routes[1].destination", "RouteDest", 400,
		"VpnRouteEntry.AlreadyExists", "destination",
		"destination-route create destination=172.16.0.0/16 connection=vco-bgp weight=0"},
	{"connection = \"vco-single\"; }", "connection = \"vco-nara\"; }", "unknown-name",
		"destination_routes[2].connection", "NextHop", 404,
		"InvalidVpnConnectionInstanceId.NotFound", "connection",
		"destination-route create destination=172.18.0.0/16 connection=vco-nara"},
	{"connection = \"vco-single\"; }", "connection = \"lab\"; }", "needs-vpn-gateway",
		"destination_routes[2].connection", "NextHop", 400, "IllegalParam.NextHop",
		"connection", "destination-route create destination=172.18.0.0/16 connection=lab"},
	{"connection = \"vco-single\"; }",
		"connection = \"vco-single\"; description = \"http://x\"; }", "bad-value",
		"destination_routes[2].description", "Description", 400, "InvalidDescription",
		"description",
		"destination-route create destination=172.18.0.0/16 connection=vco-single "
		"description=http://x"},

	// Policy routes
	{"priority = 5", "priority = 0", "out-of-range", "policy_routes[0].priority", "Priority",
		400, "IllegalParam.Priority", "priority",
		"policy-route modify source=10.1.1.0/24 destination=10.8.1.0/24 "
		"connection=vco-policy priority=0"},
	{"priority = 5", "priority = 101", "out-of-range", "policy_routes[0].priority", "Priority",
		400, "IllegalParam.Priority", "priority",
		"policy-route modify source=10.1.1.0/24 destination=10.8.1.0/24 "
		"connection=vco-policy priority=101"},
	{"priority = 5", "weight = 1", "out-of-range", "policy_routes[0].weight", "Weight", 400,
		"IllegalParam.Weight", "weight",
		"policy-route modify source=10.1.1.0/24 destination=10.8.1.0/24 "
		"connection=vco-policy weight=1"},
	{"\"10.1.1.0/24\"", "\"10.3.0.0/24\"", "outside-networks", "policy_routes[0].source",
		"RouteSource", 400, "IllegalParam.RouteSource", "source",
		"policy-route create source=10.3.0.0/24 destination=10.8.1.0/24 "
		"connection=vco-policy"},
	{"\"10.8.1.0/24\"", "\"10.0.0.0/8\"", "outside-networks", "policy_routes[0].destination",
		"RouteDest", 400, "IllegalParam.RouteDest", "destination",
		"policy-route create source=10.1.1.0/24 destination=10.0.0.0/8 "
		"connection=vco-policy"},
	{"\"10.8.1.0/24\"", "\"2001:db8::/32\"", "family", "policy_routes[0].destination",
		"RouteDest", 400, "IllegalParam.RouteDest", "destination",
		"policy-route create source=10.1.1.0/24 destination=2001:db8::/32 "
		"connection=vco-policy"},
	{"connection = \"vco-policy\"", "connection = \"lab\"", "needs-vpn-gateway",
		"policy_routes[0].connection", "NextHop", 400, "IllegalParam.NextHop", "connection",
		"policy-route create source=10.1.1.0/24 destination=10.9.0.0/24 connection=lab"},
	{"connection = \"vco-policy\"", "connection = \"vco-nara\"", "unknown-name",
		"policy_routes[0].connection", "NextHop", 404,
		"InvalidVpnConnectionInstanceId.NotFound", "connection",
		"policy-route create source=10.1.1.0/24 destination=10.8.1.0/24 "
		"connection=vco-nara"},
	{"policy_routes = (\n",
		"policy_routes = ( { source = \"10.1.1.0/24\"; destination = \"10.8.1.0/24\"; "
		"connection = \"vco-policy\"; },\n",
		"duplicate", "policy_routes[1].source", "RouteSource", 400,
		"VpnRouteEntry.AlreadyExists", "source",
		"policy-route create source=10.1.1.0/24 destination=10.8.1.0/24 "
		"connection=vco-policy"},
	{"\"first\"", "\"https://first\"", "bad-value", "policy_routes[0].description",
		"Description", 400, "InvalidDescription", "description",
		"policy-route modify source=10.1.1.0/24 destination=10.8.1.0/24 "
		"connection=vco-policy description=https://first"},
};
const size_t rules_count = sizeof(rules) / sizeof(rules[0]);

char *rules_change(const char *state, const char *find, const char *replace)
{
	const char *at = strstr(state, find);
	size_t size = strlen(state) + strlen(replace) + 1;
	char *text = malloc(size);

	if (!at || !text)
		abort();
	snprintf(text, size, "%.*s%s%s", (int)(at - state), state, replace, at + strlen(find));
	return text;
}
