using Microsoft.AspNetCore.Http;

namespace Kappa.Web;

/// <summary>What every answer says, and which requests have none: a browser gets pages and changes nothing.</summary>
internal static class LocalRequests
{
    // Names by which a browser on this machine reaches it; one that was led here by another name was led here by a stranger's page.
    internal static readonly string[] Hosts = ["localhost", "127.0.0.1", "[::1]"];

    private const string Allowed = "GET, HEAD";

    /// <summary>Refuses what would change something, and forbids other sites to use the answers.</summary>
    internal static Task Guard(HttpContext context, RequestDelegate next)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers.CacheControl = "no-store";
        if (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method))
            return next(context);
        headers.Allow = Allowed;
        return Refuse(context, StatusCodes.Status405MethodNotAllowed, $"expected {Allowed}; got {context.Request.Method}. Nothing here can be changed.\n");
    }

    /// <summary>Answers in a line of text.</summary>
    internal static Task Refuse(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(text);
    }
}
