# Sourced by the programs beside it: a Spark cluster of a master and workers on the loopback interface.
#
#   ARKVALE         the command (default: the launcher of this checkout)
#   ARKVALE_SPARK   the folder of the add-on (default: cluster/target/spark)
#   JAVA_HOME       a JDK 25
# Takes from the program: here, its folder; out, a folder for results and logs.
export ARKVALE_SPARK=${ARKVALE_SPARK:-$here/../target/spark}
export ARKVALE_JAVA_OPTS="-Dspark.driver.host=127.0.0.1 -Dspark.driver.bindAddress=127.0.0.1 ${ARKVALE_JAVA_OPTS:-}"
export SPARK_HOME=$ARKVALE_SPARK SPARK_SCALA_VERSION=2.13 SPARK_LOCAL_IP=127.0.0.1
arkvale=${ARKVALE:-$here/../../arkvale}
port=17077
master=spark://127.0.0.1:$port
declare -A started=() # processes to end at the end
workers=()
worker_number=0

stop() {
    local process
    for process in "${!started[@]}"; do kill -9 "$process" 2>/dev/null || true; done
}
trap stop EXIT

# Starts a process of Spark, in `process`; its log is named by the first word.
daemon() {
    local name=$1
    shift
    "$JAVA_HOME/bin/java" -Xmx256m @"$ARKVALE_SPARK/jvm-options" --class-path "$ARKVALE_SPARK/jars/*" "$@" \
        --host 127.0.0.1 --webui-port 0 >"$out/$name.log" 2>&1 &
    process=$!
    disown
    started[$process]=1
}

start_worker() {
    worker_number=$((worker_number + 1))
    daemon "worker-$worker_number" org.apache.spark.deploy.worker.Worker --port 0 --cores 1 --memory 2g \
        --work-dir "$out/work-$worker_number" "$master"
    workers+=("$process")
}

# A master and two workers of one core each.
start_cluster() {
    daemon master org.apache.spark.deploy.master.Master --port "$port"
    start_worker
    start_worker
}

# Kills the worker that was started first, and its executors with it, and says how many processes that were.
kill_worker() {
    local victims=("${workers[0]}")
    mapfile -t -O 1 victims < <(pgrep -P "${workers[0]}" || true)
    kill -9 "${victims[@]}"
    unset "started[${workers[0]}]"
    workers=("${workers[@]:1}")
    killed=${#victims[@]}
}

# Lines of the observations in a folder of `out`.
lines() {
    if [[ -f $out/$1/observations.jsonl ]]; then wc -l <"$out/$1/observations.jsonl"; else echo 0; fi
}

# Compares two folders byte by byte, but for the order of the lines, which is that in which texts were done.
same() {
    cmp <(sort "$out/$1/observations.jsonl") <(sort "$out/$2/observations.jsonl")
    cmp "$out/$1/sweep.json" "$out/$2/sweep.json"
    echo "$2: $(lines "$2") lines, the same as $1"
}
