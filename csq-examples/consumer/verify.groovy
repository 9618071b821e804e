// The good queues pass; the broken ones fail, and Surefire's reports, the XML and the text, show the trace.
def reports = new File(basedir, 'target/surefire-reports')

def suite(File reports, String name) {
  new groovy.xml.XmlSlurper().parse(new File(reports, "TEST-com.example.reader.${name}.xml"))
}

['GoodQueueTest', 'GoodCallbacksContractTest'].each { name ->
  def good = suite(reports, name)
  assert good.@tests.toInteger() > 0 : "${name} was not run"
  assert good.@failures == '0' && good.@errors == '0' : "${name} does not pass"
  // two tests say so where a busy host does not run two threads at once
  assert good.@skipped.toInteger() <= 2 : "${name} has skipped ${good.@skipped} tests"
}

def broken = suite(reports, 'BrokenQueueTest')
def failures = broken.testcase.failure.collect { it.@message.text() + it.text() }
assert failures.size() == broken.@tests.toInteger() : 'BrokenQueueTest passes'
def text = new File(reports, 'com.example.reader.BrokenQueueTest.txt').text
['VIOLATION ', 'is preempted ---', ' #  A Read ', 'IRP#1.CancelRoutine := CR', '@RaceHunt(replay = "'].each { part ->
  assert failures.any { it.contains(part) } : "the XML report shows no '${part}'"
  assert text.contains(part) : "the text report shows no '${part}'"
}
def ofHunt = new File(basedir, 'target/race-hunt/com.example.reader.BrokenQueueTest.readAndCancel.txt')
assert ofHunt.text.contains('VIOLATION ') : 'the report in target/race-hunt shows no violation'

def contract = new File(reports, 'com.example.reader.BrokenCallbacksContractTest.txt').text
['clause PEEK_AFTER: CsqPeekNextIrp with an Irp finds the first match after that one', 'client 0:', 'VIOLATION '].each {
  assert contract.contains(it) : "the report on the broken callbacks shows no '${it}'"
}

true
