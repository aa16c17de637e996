"""Forwards gRPC calls to a Remote Execution API server, and reports an older API version than the server does.

Bazel 7 uses version 2.0 of the API and refuses servers whose lowest version is later, even if they are compatible.
buildbox-casd reports 2.1.

Run it with the system's Python, which has grpcio: `reapi_proxy.py LISTEN_PORT SERVER_PORT`.
"""

import concurrent.futures
import sys

import grpc

_GET_CAPABILITIES = "/build.bazel.remote.execution.v2.Capabilities/GetCapabilities"
# ServerCapabilities.low_api_version (field 4) with SemVer.minor (field 2) 0; gRPC merges it with the server's value.
_LOW_API_VERSION_MINOR_0 = b"\x22\x02\x10\x00"
# More than the number of calls that Bazel has open at a time, because each uses a thread.
_THREADS = 256
_OPTIONS = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]


class Forwarding(grpc.GenericRpcHandler):
    """Handles every method of every service as streams; a single message is a stream of one."""

    def __init__(self, channel):
        self._channel = channel

    def service(self, details):
        method = details.method
        suffix = _LOW_API_VERSION_MINOR_0 if method == _GET_CAPABILITIES else b""
        return grpc.stream_stream_rpc_method_handler(
            lambda requests, context: self._forward(method, requests, context, suffix)
        )

    def _forward(self, method, requests, context, suffix):
        responses = self._channel.stream_stream(method)(requests)
        context.add_callback(responses.cancel)
        try:
            for response in responses:
                yield response + suffix
        except grpc.RpcError as error:
            # They tell Bazel which blobs it has to upload again.
            context.set_trailing_metadata(error.trailing_metadata() or ())
            context.abort(error.code(), error.details())


def main():
    channel = grpc.insecure_channel(f"127.0.0.1:{sys.argv[2]}", options=_OPTIONS)
    server = grpc.server(concurrent.futures.ThreadPoolExecutor(_THREADS), options=_OPTIONS)
    server.add_generic_rpc_handlers([Forwarding(channel)])
    server.add_insecure_port(f"127.0.0.1:{sys.argv[1]}")
    server.start()
    server.wait_for_termination()


if __name__ == "__main__":
    main()
