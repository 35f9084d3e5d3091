package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"syscall"
	"time"

	"github.com/vishvananda/netlink"
)

// virtualIP is one address on one interface.
type virtualIP struct {
	link    netlink.Link
	address *netlink.Addr
}

func newVirtualIP(device, address, subnet string) (*virtualIP, error) {
	link, err := netlink.LinkByName(device)
	if err != nil {
		return nil, fmt.Errorf("interface %s: %w", device, err)
	}
	parsed, err := netlink.ParseAddr(address + "/" + subnet)
	if err != nil {
		return nil, err
	}
	return &virtualIP{link: link, address: parsed}, nil
}

// hold puts the address on the interface and tells the network again and again who has it now.
func (v *virtualIP) hold(leading context.Context) {
	if err := netlink.AddrReplace(v.link, v.address); err != nil {
		slog.Error("could not add the address", "err", err)
		os.Exit(1)
	}
	slog.Info("holds the address", "address", v.address.IPNet)
	tick := time.NewTicker(3 * time.Second)
	defer tick.Stop()
	for {
		if err := v.announce(); err != nil {
			slog.Error("gratuitous ARP", "err", err)
		}
		select {
		case <-leading.Done():
			return
		case <-tick.C:
		}
	}
}

func (v *virtualIP) remove() {
	err := netlink.AddrDel(v.link, v.address)
	if err != nil && !errors.Is(err, syscall.EADDRNOTAVAIL) {
		slog.Error("could not remove the address", "err", err)
	}
}

const etherTypeARP = 0x0806

// announce sends a gratuitous ARP request (RFC 5227): sender and target are the virtual IP. IPv6 has
// no ARP: there the kernel's own neighbour discovery tells who has a new address.
func (v *virtualIP) announce() error {
	ip := v.address.IP.To4()
	if ip == nil {
		return nil
	}
	attributes := v.link.Attrs()
	socket, err := syscall.Socket(syscall.AF_PACKET, syscall.SOCK_RAW, int(swapped(etherTypeARP)))
	if err != nil {
		return err
	}
	defer syscall.Close(socket)
	to := &syscall.SockaddrLinklayer{Protocol: swapped(etherTypeARP), Ifindex: attributes.Index, Halen: 6}
	return syscall.Sendto(socket, arpFrame(attributes.HardwareAddr, ip), 0, to)
}

func arpFrame(mac net.HardwareAddr, ip net.IP) []byte {
	broadcast := []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}
	frame := append(append([]byte{}, broadcast...), mac...)
	// Ethernet type; then Ethernet, IPv4, their lengths, and "request".
	frame = append(frame, 0x08, 0x06, 0, 1, 0x08, 0, 6, 4, 0, 1)
	frame = append(append(frame, mac...), ip...)
	return append(append(frame, 0, 0, 0, 0, 0, 0), ip...)
}

// swapped is a number in network order, as a packet socket wants its protocol.
func swapped(number uint16) uint16 {
	var bytes [2]byte
	binary.BigEndian.PutUint16(bytes[:], number)
	return binary.NativeEndian.Uint16(bytes[:])
}
