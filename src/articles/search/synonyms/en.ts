/** Words that mean the same at a help desk: one group per line, phrases separated by commas. */
export const SYNONYMS_EN = `
password, passcode, passphrase, passwd, pwd, login password
reset, forgot, forgotten, recover, lost, restore access
change, modify, edit, alter, update, adjust
remove, delete, erase, uninstall, get rid of, take off, take away, clear
add, create, new, make, insert, set up, register
set up, setup, configure, configuration, install, prepare, set, settings
settings, preferences, options, configuration, properties
turn on, enable, activate, switch on, start
turn off, disable, deactivate, switch off, stop
turn on or off, enable or disable
block, stop, prevent, restrict, forbid, ban, limit, deny
allow, permit, grant, give, let, authorize, whitelist, allowlist
whitelist, allowlist, safe list, bypass, trusted
can't, cannot, unable, fails, fail, failed, couldn't, could not, won't, impossible, not possible
doesn't work, not working, fails, broken, problem, issue, error, trouble, does not work, stopped working, malfunction
error, problem, issue, fault, failure, bug, message
fix, repair, resolve, solve, troubleshoot, correct, solution, workaround
freeze, frozen, hang, hangs, stuck, not responding, stops responding, unresponsive, locks up
crash, crashes, closes unexpectedly, quits, stops responding, blue screen
slow, sluggish, slowly, lag, laggy, poor performance, performance, takes long, takes forever, delay, latency
fast, speed, quick, performance, speed up
restart, reboot, start again
shut down, power off, turn off, switch off
start, boot, launch, open, run, begin
open, access, view, launch, read, see
log in, login, logon, log on, sign in, signin, authenticate, sign on
log out, logout, log off, logoff, sign out, signout, exit
sign up, register, create account, join
account, profile, user, login, username
user, employee, person, member, colleague, staff, people
locked out, locked, lock, blocked, lockout
two-factor, 2fa, mfa, multi-factor, second factor, two-step, authenticator, verification code, one-time code, otp
email, e-mail, mail, message, electronic mail
mailbox, inbox, mail account, email account
send, sending, deliver, submit, transmit
receive, get, receiving, arrive, incoming
attachment, attach, attached file, enclosed file
spam, junk, junk mail, unwanted, unsolicited, phishing
phishing, scam, fake email, fraud, suspicious email, spoof
out of office, automatic reply, automatic replies, auto reply, autoreply, vacation message, away message
forward, redirect, forwarding
signature, sign off, footer
calendar, schedule, appointment, meeting, event
meeting, conference, call, video call, appointment
contact, address book, people, contacts
shared, share, sharing, common, joint
shared mailbox, team mailbox, group mailbox, common mailbox
distribution list, mailing list, group, distribution group
phone, mobile, cell phone, smartphone, telephone, mobile phone, cellphone, iphone, android
computer, pc, laptop, desktop, machine, workstation, notebook, device
laptop, notebook, portable
tablet, ipad, graphics tablet
screen, display, monitor
second monitor, second screen, dual monitor, external display, extra screen
full screen, maximize, maximise, fullscreen, enlarge
make bigger, enlarge, larger, zoom, magnify, increase size, bigger
make smaller, reduce, shrink, smaller, decrease
minimize, hide, unmaximize
keyboard, keys, key press, typing, keystroke
key press, keys, keystroke, press
mouse, pointer, cursor, touchpad, trackpad
brightness, bright, dim, dark
dark mode, dark theme, night mode, dark style, dark
theme, appearance, look, style, skin
wallpaper, background, desktop picture, desktop background
font, text size, letters, character
sound, audio, volume, speaker, noise
no sound, can't hear, silent, mute, muted
microphone, mic, headset
camera, webcam, video
picture, image, photo, photograph, graphic
video, movie, film, clip, recording
record, recording, capture
screenshot, screen capture, print screen, screen shot, snip
subtitles, captions, closed captions, transcript
network, internet, connection, online, web
internet, web, online, connection
wifi, wi-fi, wireless, wlan, wireless network
no internet, offline, not connected, disconnected, connection lost, no connection
connect, connection, link, join, plug in, attach
disconnect, drops, connection lost, dropped, unplug
network cable, ethernet, wired, lan cable, lan
ip address, tcp/ip, network address
by hand, manually, manual
automatically, automatic, by itself, auto
vpn, remote access, tunnel, virtual private network
remote desktop, rdp, remote control, remote access, remote login, remotely
remote, from home, from outside, away, distance
proxy, gateway
firewall, blocked port
website, site, web page, page, webpage
bad websites, harmful content, inappropriate content
browser, chrome, firefox, edge, internet explorer, safari, web browser
bookmark, favorite, favourite
cookie, cache, browsing data, history
download, save, get, fetch
upload, send file, put
file, document, doc
folder, directory, dir
shared folder, network drive, file share, share, mapped drive
drive, disk, hard drive, hard disk, storage, volume
disk full, no space, out of space, low disk space, storage full, free up space
external drive, usb drive, usb stick, flash drive, thumb drive, memory stick, pen drive, storage device, external hard drive
cd, dvd, disc, optical disc
burn, write to disc, write
backup, back up, backing up, copy, save copy, archive
restore, recover, get back, undelete, bring back, undo, retrieve
deleted, lost, missing, disappeared, gone, vanished, removed
missing, not displayed, disappeared, no, lacking, isn't shown, not shown, not visible, can't find
find, search, locate, look for, look up
search, find, lookup, query
show, display, view, list, see
hide, conceal, invisible
list, show, display, enumerate
copy, duplicate, replicate, clone
move, transfer, migrate, relocate
migrate, migration, move, transfer, switch
rename, change name, new name
compress, zip, archive, pack, shrink
extract, unzip, unpack, decompress
print, printing, printer, printout
printer, print, printing
paper jam, jammed, paper stuck
scan, scanner, scanning
toner, ink, cartridge
duplex, double-sided, both sides, two-sided
size, large, big, larger, too big, too large
big, large, huge
small, little, tiny
mb, megabyte, megabytes
gb, gigabyte, gigabytes
limit, quota, maximum, restriction
full, exceeded, quota, no space
version, edition, release, build
update, upgrade, patch, new version, latest version
upgrade, update, newer version
old, former, previous, outdated, obsolete, classic, legacy, no longer used
new, latest, recent, modern
license, licence, subscription, product key, activation
activate, activation, license
subscription, plan, license
expired, expire, out of date, expiration, no longer valid
buy, purchase, order, get
cost, price, pricing, fee, payment, charge
invoice, bill, billing, receipt
certificate, cert, ssl, tls
encrypt, encryption, protect, secure, cipher
decrypt, unlock, decryption
virus, malware, trojan, worm, spyware, infected, malicious software, ransomware
antivirus, anti-virus, virus scanner, malware protection, virus protection
security, safety, protection, safe, secure
hacked, compromised, stolen, breached, attacked
steal, stolen, theft, robbed
privacy, private, personal data, confidential
spy, surveillance, monitor, track, watch, tracking
censorship, blocked site, filtering, circumvent
anonymous, anonymity, hidden identity
kids, children, child, parental, parents, minors
parental controls, child lock, kids restrictions
admin, administrator, administration
admin rights, administrator, permission, elevated, privileges
permission, permissions, rights, access, privilege, authorization
access denied, no permission, not authorized, forbidden, permission denied, unauthorized
full access, all rights, grant access
everybody, everyone, all users, all
group, team, department
guest, external user, visitor, outside user
external, outside, customers, third-party, foreign
customer, client, external
internal, inside, in-house
invite, invitation, add guest
join, enter, attend
channel, room, chat
chat, message, instant message, messaging, conversation, im
call, phone call, dial, ring, telephone
voicemail, voice mail, answering machine
headphones, earphones, headset, earbuds
bluetooth, wireless
battery, charge, charging, power
power, electricity, energy
power saving, save power, battery saver, energy saving
sleep, suspend, hibernate, standby
wake, wake up, resume
fan, overheating, hot, temperature
usb, usb port, usb device, flash drive
driver, drivers, device driver
app, application, program, software, tool
program, software, application
command, terminal, shell, command line, prompt, console, cmd
script, macro, automation
spreadsheet, excel, worksheet, workbook
table, grid
presentation, slides, powerpoint, slideshow
pdf, acrobat
form, survey, questionnaire
database, db
server, host
cloud, online storage, onedrive
sync, synchronize, synchronise, synchronization
time, clock, hour
time zone, timezone, wrong time
date, day, calendar
language, locale, translation
keyboard layout, input language, input source
accent, special character, symbol
shortcut, hotkey, key combination, keyboard shortcut
corner, hot corner, edge
notification, alert, popup, pop-up, notify
pop-up, popup, dialog
reminder, remind, alarm
ticket, request, case, incident, support request
help, support, assistance, help desk, helpdesk, service desk
contact support, get help, help desk
status, state, condition, progress
report, notify, tell, complain
order, request, ask for
new employee, new starter, onboarding, new hire, new colleague
leave, leaver, offboarding, former employee, ex-employee, left the company
blind, screen reader, visually impaired, read aloud
accessibility, disability, accessible, impaired, assistive
double click, click twice
drag, drag and drop
paste, clipboard, cut
undo, revert, roll back, go back
back, return, previous, restore
cancel, stop, abort, terminate
process, task, job
kill, terminate, end task, stop, force quit
schedule, cron, timer, plan
permission to open, access
lost phone, stolen phone, phone lost, missing phone
default, standard, preset
custom, customize, personalize, customise
quick, fast, rapid
wrong, incorrect, invalid, bad, false
correct, right, valid
empty, blank, no content
red, colour, color, colors
colour, color
organise, organize, manage
manage, control, administer, handle
use, using, work with, usage
learn, training, tutorial, course, lesson
guide, instructions, manual, how-to, tutorial
difference, compare, versus, vs
what is, meaning, definition, explain
why, reason, cause
tips, advice, recommendations, best practices
risk, danger, threat, hazard
avoid, prevent, what not to do
protect, defend, secure, safeguard
destroy, wipe, erase, shred, secure delete
name, title, label
sender, from address, from name
recipient, to address, addressee
reply, answer, respond, response
redial, call back
tag, label, category, flag
version history, previous version, older version
recycle bin, trash, deleted items, bin
merge, combine, join
split, divide, separate
convert, transform, change format, export
export, save as, download
import, load, bring in
count, number, total
monitor, watch, check, observe
check, verify, test, inspect
verify, confirm, validate, prove, verification
confirm, acknowledge, approve
approve, accept, approval
reject, decline, refuse, deny
identity, identification, id
unlock, open, release
bad link, suspicious link, clicked a link, malicious link, phishing
forgot, forgotten, can't remember, don't know, lost
jam, jammed, stuck, not printing
`;
