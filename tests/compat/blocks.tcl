# What Redis's test suite is told before a unit runs: how a block of tests gets its server.
#
# The suite itself either starts redis-server for each block, or runs all blocks against one external server and leaves
# out those that ask for a server of their own. Here the external server is a node, and such a block gets another node
# of its own, which the runner starts and stops when asked through the channel that carries the results.

# Tcl would send each line end as two characters and count it as one.
fconfigure $::test_server_fd -translation binary

# Settings of files that a node does not have; its journal is always on.
set ::settings_of_files {
    save appendonly appendfsync appendfilename appenddirname aof-use-rdb-preamble rdb-key-save-delay rdbcompression
    dbfilename auto-aof-rewrite-percentage
}

# Thresholds of Redis's compact encodings, of which a node has none. The tests set them to see each encoding behave
# alike; with one form of every value, setting them is nothing to do.
set ::settings_of_encodings {
    hash-max-listpack-entries hash-max-listpack-value hash-max-ziplist-entries hash-max-ziplist-value
    list-max-listpack-size list-max-ziplist-size list-compress-depth set-max-intset-entries
    zset-max-listpack-entries zset-max-listpack-value zset-max-ziplist-entries zset-max-ziplist-value
    stream-node-max-entries stream-node-max-bytes hll-sparse-max-bytes sanitize-dump-payload
}

# Nothing is evicted: data that does not fit stays on disk.
set ::settings_of_eviction {maxmemory-policy}

set ::settings_nodes_lack [concat $::settings_of_files $::settings_of_encodings $::settings_of_eviction]

# CONFIG as the tests call it: the settings above are kept here, all else goes to the node. A method of this name stands
# before commands in the suite's client; in upper case it is a command again.
array set ::settings_kept {}
proc ::redis::__method__config {id fd args} {
    lassign $args verb name value
    if {[string tolower $name] ni $::settings_nodes_lack || [llength $args] > 3 || $::redis::deferred($id)} {
        return [::redis::__dispatch__raw__ $id CONFIG $args]
    }
    if {[string equal -nocase $verb set]} {
        set ::settings_kept($name) $value
        return OK
    }
    if {[info exists ::settings_kept($name)]} {
        return [list $name $::settings_kept($name)]
    }
    return [list $name 0]
}

# Redis 7.4 words some things in other ways than 7.0, for which the tests were written. They are shown the old words.
set ::old_words {
    "No permissions to access a key" "this user has no permissions to access one of the keys used as arguments"
    "No permissions to access a channel" "this user has no permissions to access one of the channels used as arguments"
    "User command-test has no permissions" "This user has no permissions"
    "User test-channels has no permissions" "This user has no permissions"
    " sanitize-payload" ""
    " watch=0 " " "
}
rename ::redis::redis_read_reply ::redis::suite_read_reply
proc ::redis::redis_read_reply {id fd} {
    set isError [catch {suite_read_reply $id $fd} reply]
    if {[string length $reply] < 1000} {
        set reply [string map $::old_words $reply]
    }
    return -code $isError $reply
}

# A test that fails may leave its client in a transaction or behind replies it did not read; the next test gets one that
# is as good as new, but for its user.
proc settle_client {} {
    catch {r readraw 0}
    catch {r discard}
    catch {r hello 2}
    if {[catch {r ping} reply] || $reply ne "PONG"} {
        reconnect
    }
}
rename test suite_test
proc test args {
    set failed $::num_failed
    uplevel 1 [list suite_test {*}$args]
    if {$::num_failed > $failed && [llength $::servers] > 0} {
        settle_client
    }
}

# Asks the runner for something, and waits for its answer.
proc ask_runner {request data} {
    send_data_packet $::test_server_fd $request $data
    read $::test_server_fd [gets $::test_server_fd]
}

# "external:skip" says that a server is needed that the suite started; blocks get one here, so it keeps nothing out.
rename tags_acceptable suite_tags_acceptable
proc tags_acceptable {tags refusal_name} {
    upvar $refusal_name refusal
    suite_tags_acceptable [lsearch -all -inline -not -exact $tags external:skip] refusal
}

proc start_server {options {code {}}} {
    set settings {}
    set tags {}
    foreach {option value} $options {
        switch $option {
            overrides - config_lines { lappend settings {*}$value }
            tags { set tags [string map {\" {}} $value] }
        }
    }
    set outer_tags $::tags
    lappend ::tags {*}$tags
    if {![tags_acceptable $::tags refusal]} {
        send_data_packet $::test_server_fd ignore $refusal
        set ::tags $outer_tags
        return
    }

    set owned [expr {[llength $::servers] > 0 || "external:skip" in $::tags}]
    lappend ::servers [expr {$owned ? [own_server $settings] : [shared_server]}]
    set failed [catch {
        reconnect
        apply_settings $settings $owned
        uplevel 1 $code
    } error]
    set server [lindex $::servers end]
    set ::servers [lrange $::servers 0 end-1]
    set ::tags $outer_tags
    catch {[dict get $server client] close}
    if {$owned} {
        ask_runner stop-node [dict get $server pid]
    } else {
        restore_settings
    }
    if {$failed && $::cur_test ne ""} {
        error $error
    }
    if {$failed} {
        send_data_packet $::test_server_fd err "(between tests) in $::curfile\n$error"
    }
}

proc shared_server {} {
    dict create host $::host port $::port config [list port $::port]
}

# The suite knows a server by these facts; the password keeps "reconnect" from a SELECT before AUTH.
proc own_server {settings} {
    lassign [ask_runner start-node [absolute_dir $settings]] port pid
    set config [dict create port $port dir [pwd]]
    if {[dict exists $settings requirepass]} {
        dict set config requirepass [dict get $settings requirepass]
    }
    dict create host $::host port $port pid $pid config $config stdout /dev/null stderr /dev/null
}

proc absolute_dir {settings} {
    if {[dict exists $settings dir]} {
        dict set settings dir [file normalize [dict get $settings dir]]
    }
    return $settings
}

# Between blocks a shared server is emptied and gets its settings back. An own one was started with its settings.
proc apply_settings {settings owned} {
    if {$owned} return
    set ::settings_before {}
    r flushall
    foreach {name value} $settings {
        dict set ::settings_before $name [lindex [r config get $name] 1]
        r config set $name $value
    }
}

proc restore_settings {} {
    set client [redis $::host $::port]
    foreach {name value} $::settings_before {
        catch {$client config set $name $value}
    }
    $client close
}

proc restart_server {level wait_ready rotate_logs {reconnect 1} {shutdown sigterm}} {
    set server [lindex $::servers end+$level]
    catch {[dict get $server client] close}
    lassign [ask_runner restart-node [dict get $server pid]] port pid
    dict set server port $port
    dict set server pid $pid
    dict unset server client
    lset ::servers end+$level $server
    if {$reconnect} {
        reconnect $level
    }
}
