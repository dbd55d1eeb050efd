// Java's default clients against MyApi: each verb, refused uploads, Expect, resets in each phase; with "stop", requests until the server has gone.
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.ProtocolException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

public class Walk {
    static final HttpClient client = HttpClient.newHttpClient();
    static String base, token;

    static HttpRequest.Builder request(String method, String path, String auth, byte[] body) {
        var publisher = body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body);
        var builder = HttpRequest.newBuilder(URI.create(base + path)).method(method, publisher).timeout(Duration.ofSeconds(60));
        if (body != null) builder.header("Content-Type", "application/json");
        return auth.isEmpty() ? builder : builder.header("Authorization", "Bearer " + auth);
    }

    static void must(String what, int status, String method, String path, String auth, byte[] body, boolean expect) throws Exception {
        var response = client.send(request(method, path, auth, body).expectContinue(expect).build(), BodyHandlers.ofString());
        check(what, status, method, path, response.statusCode(), response.body());
    }

    // The client that Java has always had.
    static void mustOld(int status, String method, String path, String auth, byte[] body, boolean expect) throws Exception {
        var connection = (HttpURLConnection) URI.create(base + path).toURL().openConnection();
        connection.setRequestMethod(method);
        connection.setRequestProperty("Content-Type", "application/json");
        if (!auth.isEmpty()) connection.setRequestProperty("Authorization", "Bearer " + auth);
        if (expect) connection.setRequestProperty("Expect", "100-continue");
        connection.setDoOutput(true);
        connection.setFixedLengthStreamingMode(body.length);
        try (var stream = connection.getOutputStream()) {
            stream.write(body);
        } catch (ProtocolException refused) {
            if (!expect) throw refused;
        }
        var got = connection.getResponseCode();
        try (var stream = got < 400 ? connection.getInputStream() : connection.getErrorStream()) {
            check("HttpURLConnection", status, method, path, got, stream == null ? "" : new String(stream.readAllBytes()));
        }
    }

    static void check(String what, int status, String method, String path, int got, String body) {
        if (got == status) return;
        System.out.println(what + " " + method + " " + path + " gave " + got + " and not " + status + ": " + body);
        System.exit(1);
    }

    // Gives the beginning of a body, then breaks off.
    static InputStream broken(int after) {
        return new InputStream() {
            int given;

            @Override
            public int read() throws IOException {
                if (given++ < after) return ' ';
                throw new IOException("The sender has had enough.");
            }
        };
    }

    static void resets() throws Exception {
        for (var phase = 0; phase < 40; phase++) {
            var round = phase;
            switch (phase % 4) {
                case 0, 1 -> {
                    var path = phase % 4 == 0 ? "/posts" : "/files/reset";
                    var upload = HttpRequest.newBuilder(URI.create(base + path)).header("Authorization", "Bearer " + token)
                        .header("Content-Type", "application/json").method(phase % 4 == 0 ? "POST" : "PUT", BodyPublishers.ofInputStream(() -> broken(round * 1000)));
                    try {
                        client.send(upload.build(), BodyHandlers.discarding());
                    } catch (IOException expected) {
                    }
                }
                case 2 -> {
                    CompletableFuture<?> pending = client.sendAsync(request("GET", "/posts", token, null).build(), BodyHandlers.ofString());
                    TimeUnit.MICROSECONDS.sleep(phase * 50L);
                    pending.cancel(true);
                }
                default -> {
                    var response = client.send(request("GET", "/openapi/v1.json", "", null).build(), BodyHandlers.ofInputStream());
                    response.body().read();
                    response.body().close();
                }
            }
            must("after a reset", 200, "GET", "/posts", token, null, false);
        }
    }

    static void stop() throws Exception {
        var answered = new AtomicInteger();
        var threads = new Thread[4];
        for (var index = 0; index < threads.length; index++) {
            threads[index] = new Thread(() -> {
                while (true) {
                    try {
                        must("while it stopped", 200, "GET", "/posts", "", null, false);
                    } catch (ConnectException gone) {
                        return;
                    } catch (Exception fault) {
                        // Closed between two requests, or before the first: nothing was answered, and nothing was cut.
                        if (String.valueOf(fault.getMessage()).matches("(?s).*(received no bytes|onnection reset|Broken pipe).*")) continue;
                        System.out.println("while it stopped: " + fault);
                        System.exit(1);
                    }
                    if (answered.incrementAndGet() == 40) System.out.println("busy");
                }
            });
            threads[index].start();
        }
        for (var thread : threads) thread.join();
    }

    public static void main(String[] args) throws Exception {
        base = args[1];
        token = args[2];
        if (args[0].equals("stop")) {
            stop();
            return;
        }
        var post = "{\"title\":\"t\",\"body\":\"b\"}".getBytes();
        must("verb", 201, "POST", "/posts", token, post, false);
        must("verb", 200, "PUT", "/posts/1", token, post, false);
        must("verb", 200, "PATCH", "/posts/1", token, "{\"title\":\"u\"}".getBytes(), false);
        must("verb", 200, "GET", "/posts/1", token, null, false);
        must("verb", 200, "HEAD", "/posts/1", token, null, false);
        must("verb", 204, "OPTIONS", "/posts/1", token, null, false);
        must("verb", 204, "DELETE", "/posts/1", token, null, false);
        for (var round = 0; round < 9; round++) {
            for (var megabytes : new int[] {1, 5, 20}) {
                var body = new byte[megabytes * 1024 * 1024 + 1000];
                must("upload", 401, "PUT", "/files/x", "", body, false);
                must("upload", 413, "PUT", "/files/x", token, body, false);
                must("upload", 404, "PUT", "/nope", "", body, false);
                must("upload", 413, "POST", "/posts", token, body, false);
                mustOld(401, "PUT", "/files/x", "", body, false);
                mustOld(413, "PUT", "/files/x", token, body, false);
            }
        }
        for (var round = 0; round < 10; round++) {
            must("expect", 201, "POST", "/posts", token, post, true);
            // Until Java 20 the new client waits for ever where the answer is not 100, whatever the server does (JDK-8286171).
            mustOld(401, "POST", "/posts", "", post, true);
            mustOld(404, "POST", "/nope", "", post, true);
            mustOld(201, "POST", "/posts", token, post, true);
        }
        resets();
        System.exit(0);
    }
}
