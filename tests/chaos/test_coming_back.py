"""Whatever process dies, the product starts it again, and it is ready."""

from dispatch.chaos.stack import Stack


def test_each_process_that_is_killed_comes_back(stack: Stack) -> None:
    for name in stack.names:
        before = stack.identity(name)
        assert stack.kill_and_wait(name) != before


def test_a_worker_that_is_told_to_stop_is_replaced(stack: Stack) -> None:
    first = stack.kill("work-1", "term")

    assert stack.wait_ready("work-1", after=first) != first


def test_a_process_that_stood_still_goes_on_under_its_own_pid(stack: Stack) -> None:
    paused = stack.kill("web", "stop")
    stack.go_on("web")

    assert stack.wait_ready("web") == paused


def test_nothing_outlives_its_supervisor(stack: Stack) -> None:
    processes = [stack.wait_ready(name) for name in stack.names]

    stack.kill("supervisor")

    stack.wait_gone(processes)
