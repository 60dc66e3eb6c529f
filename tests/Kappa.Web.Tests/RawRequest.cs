using System.Net.Sockets;
using System.Text;

namespace Kappa.Web.Tests;

/// <summary>A request byte for byte, as a hostile program sends it, and what comes back.</summary>
internal sealed record RawRequest(int Status, string Head, string Body)
{
    /// <summary>Sends a request and reads until the server closes.</summary>
    internal static async Task<RawRequest> Send(Uri server, string method, string path, string? host = "127.0.0.1", string? header = null)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server.Host, server.Port);
        var stream = client.GetStream();
        string hosted = host is null ? "" : $"Host: {host}\r\n", more = header is null ? "" : $"{header}\r\n";
        await stream.WriteAsync(Encoding.Latin1.GetBytes($"{method} {path} HTTP/1.1\r\n{hosted}{more}Connection: close\r\n\r\n"));
        using var reader = new StreamReader(stream, Encoding.UTF8);
        string[] parts = (await reader.ReadToEndAsync()).Split("\r\n\r\n", 2);
        return new RawRequest(int.Parse(parts[0].Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture), parts[0], parts[1]);
    }
}
