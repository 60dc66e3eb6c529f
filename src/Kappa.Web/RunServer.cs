using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Kappa.Lab.Watching;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using static Kappa.Web.LocalRequests;

namespace Kappa.Web;

/// <summary>Shows runs in a browser on this machine.</summary>
public sealed class RunServer : IAsyncDisposable
{
    private readonly WebApplication _application;

    private RunServer(WebApplication application) => _application = application;

    /// <summary>Where a browser finds it.</summary>
    public Uri Address { get; private init; } = null!;

    /// <summary>Listens on the loopback addresses alone, from now on.</summary>
    /// <param name="pages">What is shown.</param>
    /// <param name="port">The port; 0 for one that is free.</param>
    /// <exception cref="IOException">The port cannot be had.</exception>
    public static async Task<RunServer> StartAsync(RunPages pages, int port)
    {
        // Empty: no configuration from files, variables or arguments, which could have it listen elsewhere, and no logs.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        _ = builder.Services.AddSingleton<IHostLifetime, EndsWithItsCaller>();
        _ = builder.Services.AddHostFiltering(options =>
        {
            options.AllowedHosts = Hosts;
            options.AllowEmptyHosts = false;
            options.IncludeFailureMessage = true;
        });
        _ = builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            Listen(options, port);
        });
        var application = builder.Build();
        _ = application.Use(Guard).UseHostFiltering();
        application.Run(context => Answer(pages, context));
        try
        {
            await application.StartAsync();
            string address = application.Services.GetRequiredService<Microsoft.AspNetCore.Hosting.Server.IServer>()
                .Features.Get<IServerAddressesFeature>()!.Addresses.First();
            return new RunServer(application) { Address = new Uri($"http://{IPAddress.Loopback}:{new Uri(address).Port}/") };
        }
        catch (Exception error) when (error is IOException or SocketException)
        {
            await application.DisposeAsync();
            throw new IOException($"--port: expected a port that can be had; {port} cannot: {WhyNot(error)}. Another kappa serve may have it: stop that one, "
                + "name another port, or give --port 0 for one that is free", error);
        }
    }

    /// <summary>Ends at once, whoever is connected.</summary>
    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private static void Listen(KestrelServerOptions options, int port)
    {
        if (port == 0)
            options.Listen(IPAddress.Loopback, 0);
        else
            options.ListenLocalhost(port);
    }

    private static string WhyNot(Exception error) => error.InnerException is AddressInUseException ? "it is taken" : error.Message.TrimEnd('.');

    private static async Task Answer(RunPages pages, HttpContext context)
    {
        ServedPage page;
        try
        {
            page = pages.Get(context.Request.Path.Value ?? "/");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            await Refuse(context, StatusCodes.Status404NotFound, $"{error.Message}\n");
            return;
        }
        await using var content = page.Content;
        var response = context.Response;
        response.StatusCode = page.IsFound ? StatusCodes.Status200OK : StatusCodes.Status404NotFound;
        response.Headers.ContentSecurityPolicy = page.Policy;
        if (content is MemoryStream)
        {
            string tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(content))}\"";
            content.Position = 0;
            response.Headers.ETag = tag;
            if (context.Request.Headers.IfNoneMatch == tag)
            {
                response.StatusCode = StatusCodes.Status304NotModified;
                return;
            }
        }
        response.ContentType = page.ContentType;
        response.ContentLength = content.Length;
        if (HttpMethods.IsGet(context.Request.Method))
            await content.CopyToAsync(response.Body, context.RequestAborted);
    }

    /// <summary>Leaves signals to whoever started the server.</summary>
    private sealed class EndsWithItsCaller : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
