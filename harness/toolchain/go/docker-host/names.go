package main

import (
	"encoding/binary"
	"net"
)

const (
	headerLength    = 12
	longestQuestion = 512
	answerFlags     = 0x8180
	noSuchName      = 3
)

// Answers every question for a name with "there is none". Without an answer those who ask wait for many seconds, and
// there is nobody to ask behind the cable.
func answerNames(address net.IP) error {
	socket, err := net.ListenUDP("udp4", &net.UDPAddr{IP: address, Port: 53})
	if err != nil {
		return err
	}
	go func() {
		buffer := make([]byte, longestQuestion)
		for {
			length, asker, err := socket.ReadFromUDP(buffer)
			if err != nil {
				continue
			}
			if answer := denyName(buffer[:length]); answer != nil {
				_, _ = socket.WriteToUDP(answer, asker)
			}
		}
	}()
	return nil
}

// The answer holds the question and nothing else; nil where there is no question to be read.
func denyName(question []byte) []byte {
	end := headerLength
	for end < len(question) && question[end] != 0 {
		end += int(question[end]) + 1
	}
	// The end of the name, its type and its class.
	end += 5
	if end > len(question) {
		return nil
	}
	answer := make([]byte, end)
	copy(answer, question)
	binary.BigEndian.PutUint16(answer[2:], answerFlags|noSuchName)
	binary.BigEndian.PutUint16(answer[4:], 1)
	for at := 6; at < headerLength; at++ {
		answer[at] = 0
	}
	return answer
}
