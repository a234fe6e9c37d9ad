// Made from docs/openapi.json by `npm run generate`. Not edited by hand.
export interface paths {
    "/api/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List rows of the audit log
         * @description Members name one of their requests; auditors and admins see all. Without `after` the newest rows
         *     come first, and each further page is older. With `after` the rows that follow it come, and each
         *     further page is newer. Within a page the oldest row is first.
         *
         *     What narrows the list down counts together. One call looks at no more than some thousand rows, so
         *     that a page may have few, or none: go on while there is a `next`.
         */
        get: operations["list_audit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export the audit log
         * @description For auditors and admins. One row a line, oldest first, up to where the log ended when the export
         *     began: `{"hash":"…","event":…}`, with the event byte for byte as it is stored, so that the hash
         *     (SHA-256, in hexadecimal) can be made from it again. Or as a table for people, with
         *     `format=csv`.
         */
        get: operations["export_audit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Check the whole audit log
         * @description For auditors and admins. Walks the chain from the first row to the newest.
         */
        get: operations["verify_audit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/catalog": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what can be connected */
        get: operations["show_catalog"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow changes as they are committed
         * @description Server-sent events; `data` is a `Change`, `id` its place in the audit log. Only what the caller
         *     may see is told. Without a place to begin after, the stream begins now. When it breaks off,
         *     open it again after the last id: nothing is missed. A comment comes after 15 seconds without
         *     a change. Other kubectl contexts on the caller's own machine are told as `workstation.contexts`,
         *     without an id.
         */
        get: operations["follow_events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/flows": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the flows in force
         * @description Admins and auditors see all of them, members those that let them ask.
         */
        get: operations["list_flows"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/flows/apply": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Apply configuration files
         * @description For admins. Applies exactly the plan that is named, in one transaction, or nothing: where the
         *     files come to another plan by now, the conflict has that plan. Refused while an integration that
         *     would be removed has open access, and where the backend's own configuration folder says something
         *     else. Live grants stay, pending requests are asked again.
         */
        post: operations["apply_flows"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/flows/explain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Explain whether somebody may ask for a target, and why
         * @description Admins and auditors may name somebody else.
         */
        get: operations["explain_target"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/flows/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show the configuration files in force
         * @description For admins.
         */
        get: operations["export_flows"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/flows/plan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Show what configuration files would change
         * @description For admins. Nothing is stored. The body may have 2.5 MiB, the files 1 MiB in all.
         */
        post: operations["plan_flows"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/handover": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Hand over to a newer backend
         * @description On the socket only, for admins. The backend stops, so that a newer program can take its place; refused while it is
         *     in the middle of work, and to a version that is not newer.
         */
        post: operations["hand_over"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/hello": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Which backend this is
         * @description Answered to everybody who reaches the backend.
         */
        get: operations["hello"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/integrations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the integrations, by name */
        get: operations["list_integrations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/integrations/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show an integration */
        get: operations["show_integration"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/integrations/{name}/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Check an integration now
         * @description For admins.
         */
        post: operations["check_integration"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/integrations/{name}/connect": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Connect a Kubernetes cluster
         * @description On the socket only, for admins. Uses a kubeconfig context of the backend's machine once, keeps a credential of its
         *     own, and pins the cluster. With `new` it makes the integration, where no configuration file does.
         */
        post: operations["connect_integration"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/integrations/{name}/credential": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Mint a credential for the caller's active grants
         * @description On the socket only. It ends with the last of them at the latest, and is stored nowhere.
         */
        post: operations["mint_credential"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/integrations/{name}/diagnosis": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Look closer at an integration
         * @description For admins. Asks the system, and changes nothing: the shell that connected it, the sign-in plugin
         *     that is needed, and what other Bellhops should have taken away there.
         */
        get: operations["diagnose_integration"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/integrations/{name}/disconnect": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Disconnect a system
         * @description On the socket only, for admins. Uses a kubeconfig context of the backend's machine once, to take
         *     away what connecting made, and forgets the system. Refused while access is open there.
         */
        post: operations["disconnect_integration"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/integrations/{name}/manifest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show the rights that Bellhop needs in a system */
        get: operations["show_manifest"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/integrations/{name}/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * See what connecting a Kubernetes cluster would come to
         * @description On the socket only, for admins. Reads the context and asks the cluster, and changes nothing: each
         *     check says how it is, and what to do.
         */
        post: operations["preview_connection"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/integrations/{name}/sync": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Read anew what can be asked for in a system
         * @description For admins. It is read every few minutes anyway.
         */
        post: operations["sync_integration"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/loopback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Open the loopback port
         * @description On the socket only. Opens a port for browsers and scripts on 127.0.0.1 and, where there is one,
         *     `[::1]`, or tells the one that is open. It closes after 15 minutes without a call. The code is good
         *     for 30 seconds, and once: `POST /api/v1/session` on that port swaps it for a token.
         */
        post: operations["open_loopback"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who the backend takes the caller for */
        get: operations["me"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/requests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List requests, newest first
         * @description Members see their own and those that they may decide about; auditors and admins see all.
         */
        get: operations["list_requests"];
        put?: never;
        /**
         * Ask for access
         * @description The flow that covers the targets decides: it approves at once, or asks people. Access is usable
         *     once `status` is `active`.
         */
        post: operations["create_request"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/requests/{number}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a request */
        get: operations["show_request"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/requests/{number}/access": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show how to use a request's access
         * @description For its requester, while it is active. Nothing in the answer is secret.
         */
        get: operations["show_access"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/requests/{number}/again": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask for the same once more
         * @description A new request for the same targets, by whoever made the old one. It is decided as any other: by
         *     the flow in force now.
         */
        post: operations["ask_again"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/requests/{number}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Approve a request, or more time for one
         * @description For approvers of its flow. What is approved is what `seen` stands for: when the request is
         *     another one meanwhile, the call is refused with the present one.
         */
        post: operations["approve_request"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/requests/{number}/deny": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Deny a request, or more time for one
         * @description For approvers of its flow. See `approve` about `seen`.
         */
        post: operations["deny_request"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/requests/{number}/end": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End a request's access now
         * @description For its requester, the approvers of its flow, and admins. Once it is over, the answer is the
         *     present state.
         */
        post: operations["end_request"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/requests/{number}/extend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask for more time
         * @description As much as the flow gives at once, within its longest duration.
         */
        post: operations["extend_request"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/requests/{number}/withdraw": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take back a request that nobody decided yet */
        post: operations["withdraw_request"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/requests/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Show what asking would come to
         * @description The same body as `POST /api/v1/requests`; nothing is stored.
         */
        post: operations["preview_request"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Swap a one-time code for a token
         * @description On the loopback port only. Send the token as `Authorization: Bearer` with every call there. It
         *     lives as long as the port.
         */
        post: operations["begin_session"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/store": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Where the backend keeps what it remembers
         * @description On the socket only, for admins, who make backups of it.
         */
        get: operations["show_store"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/targets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Search what the caller may request, the best match first */
        get: operations["search_targets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/workstation/connect": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Connect a cluster with a context of this machine
         * @description For admins, on their own machine. Looks at everything that the preview does, and connects only if
         *     nothing fails. The context is used once and not kept.
         */
        post: operations["connect_here"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/workstation/contexts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the kubectl contexts of this machine
         * @description Only for the user whose machine the backend runs on. The contexts of all files that `KUBECONFIG`
         *     names, for the backend's own environment. A file that does not read is named, and keeps no other
         *     from being listed.
         */
        get: operations["list_contexts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/workstation/disconnect": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Disconnect a system with a context of this machine
         * @description For admins, on their own machine. Refused while access is open there. An integration that
         *     somebody made by hand goes, unless a flow names it.
         */
        post: operations["disconnect_here"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/workstation/hop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a kubectl context current
         * @description Only for the user whose machine the backend runs on. Either the context of a name, or the one
         *     that was current before the last hop. Nothing but the file's `current-context` is changed.
         */
        post: operations["hop"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/workstation/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * See what connecting a cluster would come to
         * @description For admins, on their own machine. Reads the named context, asks the cluster, and changes nothing:
         *     each check says how it is, and what to do. What the context holds is in no answer.
         */
        post: operations["preview_connection_here"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/workstation/use": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Use a request's access with kubectl
         * @description Only for the user whose machine the backend runs on, for a request of theirs that is active. Adds
         *     the contexts of its access and makes the first of them current; doing it again changes nothing.
         */
        post: operations["use_access"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether the backend is alive
         * @description Answered to everybody who reaches the backend.
         */
        get: operations["healthz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What is measured
         * @description `OpenMetrics` text, for Prometheus. Labels are templates of routes, kinds and states, never ids or
         *     names.
         */
        get: operations["metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether the backend can be used
         * @description The store answers, the worker works, and nobody stops the backend. Answered to everybody who
         *     reaches it.
         */
        get: operations["readyz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * @description How to use a request's access: `GET /api/v1/requests/{number}/access`. Nothing in it is secret,
         *     and nothing in it is a command or a path to run.
         */
        AccessDetails: {
            /**
             * Format: date-time
             * @description When it ends.
             */
            deadline: string;
            /** @description One for each Kubernetes integration that the request reaches. */
            kubernetes: components["schemas"]["KubernetesAccess"][];
            /**
             * @description The request.
             * @example R-1042
             */
            number: string;
        };
        /** @description `POST /api/v1/requests/{number}/again`: the same once more, as a new request. */
        Again: {
            /**
             * Format: int64
             * @description For how long, in seconds; as it was when left out.
             */
            duration_seconds?: number | null;
            /** @description Why; as it was when left out. */
            reason?: string | null;
        };
        /** @description `POST /api/v1/flows/apply` */
        ApplyFlows: {
            /** @description The whole configuration: what is in none of the files is removed. 1 MiB in all. */
            files: components["schemas"]["ConfigurationFile"][];
            /**
             * @description `hash` of the plan that was shown. When the files come to another plan by now, nothing is
             *     applied, and the problem has that plan.
             */
            plan: string;
        };
        /** @description One row. */
        AuditEntry: {
            /** @description The event: schema, seq, prev, id, at, kind, actor, subject, before, after. */
            event: Record<string, never>;
            /** @description SHA-256 of the event's stored text, in hexadecimal. */
            hash: string;
            /**
             * @description The targets that it concerns: the grant's, or all of the request's. Not part of the log.
             * @example [
             *       "k8s-prod/namespace/customer1:edit"
             *     ]
             */
            targets?: string[];
        };
        /** @description Rows of the audit log, oldest first. */
        AuditPage: {
            /** @description The rows. */
            items: components["schemas"]["AuditEntry"][];
            /**
             * @description Pass as `cursor` for the next page; none on the last. Opaque. A page of what is narrowed down
             *     may have few rows, or none, and yet not be the last.
             */
            next?: string | null;
        };
        /** @description `GET /api/v1/audit/verify` */
        AuditVerdict: {
            /** @description Hash of the newest row, when intact. */
            head?: string | null;
            /** @description Whether every row fits the one before it. */
            intact: boolean;
            /**
             * Format: int64
             * @description Place of the newest row, or of the first one that does not fit.
             */
            seq: number;
            /** @description What does not fit, otherwise. */
            why?: string | null;
        };
        /** @description A kubeconfig file that does not read. */
        BrokenKubeconfig: {
            /** @description The file. */
            file: string;
            /** @description What is wrong with it, and what to do. */
            why: string;
        };
        /** @description `GET /api/v1/catalog`: what can be connected. */
        Catalog: {
            /** @description The kinds, by name. */
            items: components["schemas"]["CatalogItem"][];
        };
        /** @description A kind of system. */
        CatalogItem: {
            /** @description What it is, in a sentence. */
            about: string;
            /**
             * @description What connecting one takes, as JSON Schema: the body of
             *     `POST /api/v1/integrations/{name}/connect`.
             */
            form: Record<string, never>;
            /** @description The kind, such as `kubernetes`. */
            kind: string;
            /** @description Its name. */
            name: string;
            /** @description The resource types that can be asked for there. */
            resource_types: string[];
        };
        /**
         * @description One change, as `GET /api/v1/events` tells it. The event's id is its place in the audit log; what
         *     stands in no log, such as `workstation.contexts`, comes without an id.
         */
        Change: {
            /**
             * @description What happened.
             * @example grant.active
             */
            kind: string;
            /**
             * @description The request that it happened to, if any.
             * @example R-1042
             */
            request?: string | null;
            /**
             * Format: int64
             * @description Place in the audit log; resume after it. Of a change that stands in no log, the place that the
             *     stream has come to.
             */
            seq: number;
        };
        /** @description One thing that changes. */
        ChangedField: {
            /** @description As it would be, in short; `nothing` when it goes. */
            after: string;
            /** @description As it is, in short; `nothing` when it is new. */
            before: string;
            /** @description Its place, such as `duration.max`. */
            field: string;
        };
        /**
         * @description Stable error codes.
         * @enum {string}
         */
        Code: "bad_cursor" | "unauthenticated" | "forbidden" | "not_entitled" | "not_found" | "no_workstation" | "method_not_allowed" | "conflict" | "workstation_failed" | "body_too_large" | "address_too_long" | "unsupported_media_type" | "invalid_input" | "rate_limited" | "internal" | "integration_failed" | "unavailable";
        /** @description A configuration file. */
        ConfigurationFile: {
            /**
             * @description Its name, `NAME.toml`, without a folder.
             * @example flows.toml
             */
            name: string;
            /** @description What it says. */
            text: string;
        };
        /** @description One thing that was looked at. */
        ConnectCheck: {
            /**
             * @description `name`, `context`, `reach`, `trust`, `credential`, `system`, `rights`, `permissions` or `places`.
             * @example reach
             */
            check: string;
            /** @description A command that helps, word by word; empty when there is none. */
            command: string[];
            /** @description What the system answered, word by word; empty when `why` says it. */
            details: string;
            /** @description The rights that are missing, each by name. */
            missing: string[];
            /** @description What to do; empty when nothing is. */
            next: string;
            /**
             * @description `passed`, `failed`, or `not_seen` where something before it failed.
             * @example passed
             */
            state: string;
            /** @description What was found, in words. */
            what: string;
            /** @description Why, or more about it; empty when there is no more to say. */
            why: string;
        };
        /** @description What connecting did. */
        Connected: {
            /** @description The integration afterwards. */
            integration: components["schemas"]["Integration"];
            /** @description The system that it is pinned to. */
            pin: string;
            /** @description What the system calls its version. */
            version: string;
        };
        /**
         * @description Connects a Kubernetes cluster with a kubectl context of the caller's own machine:
         *     `POST /api/v1/workstation/connect`. What the context holds never leaves the machine.
         */
        ConnectHere: {
            /**
             * @description The context, by name.
             * @example prod-admin
             */
            context: string;
            /**
             * @description The integration. One that nobody defined yet is made, with `new`.
             * @example k8s-prod
             */
            name: string;
            /** @description Limits Bellhop's own rights to these namespaces, at most 50; the whole cluster when empty. */
            namespaces?: string[];
            /** @description Whether this is another system than those that are connected. */
            new?: boolean;
            /** @description Roles that may be granted, at most 20; `view` and `edit` when empty. */
            offer?: string[];
        };
        /** @description `POST /api/v1/integrations/{name}/connect`: uses a kubeconfig context once. */
        ConnectKubernetes: {
            /** @description With `direct`: accepts that a credential which runs out leaves revocations stuck. */
            accept_stuck?: boolean;
            /** @description The context to connect with. */
            admin: components["schemas"]["KubeconfigContext"];
            /** @description Uses the kubeconfig's credential directly instead of making an own one. */
            direct?: boolean;
            /** @description Limits Bellhop's own rights to these namespaces; the whole cluster when empty. */
            namespaces?: string[];
            /** @description Makes the integration, where no configuration file defines it. */
            new?: boolean;
            /** @description Roles that may be granted; `view` and `edit` when empty. */
            offer?: string[];
        };
        /** @description What connecting would come to. Nothing was made or stored. */
        ConnectPreview: {
            /** @description What was looked at, in order. */
            checks: components["schemas"]["ConnectCheck"][];
            /** @description What connecting applies there, to read; none where the question was not one. */
            manifest?: string | null;
            /** @description Which system it is. */
            pin?: string | null;
            /** @description Whether connecting works, as far as can be seen. */
            ready: boolean;
            /**
             * @description The address of the system, which everybody who gets access has to reach.
             * @example https://k8s.acme.example:6443
             */
            server?: string | null;
            /**
             * @description What the system calls its version.
             * @example v1.33.1
             */
            version?: string | null;
        };
        /** @description The kubectl contexts of this machine: `GET /api/v1/workstation/contexts`. */
        Contexts: {
            /** @description The context to hop back to; none when none is known, or when it is gone. */
            before?: string | null;
            /** @description Files that do not read. What they hold is not listed. */
            broken: components["schemas"]["BrokenKubeconfig"][];
            /** @description The contexts in the order of the files; of two with one name the first, as kubectl does. */
            contexts: components["schemas"]["KubeContext"][];
            /**
             * @description The current context, also one that is in no file. None when no file names one.
             * @example minikube
             */
            current?: string | null;
            /**
             * @description The kubeconfig files, as `KUBECONFIG` lists them. One that does not exist has no contexts.
             * @example [
             *       "/home/mira/.kube/config"
             *     ]
             */
            files: string[];
            /**
             * Format: int32
             * @description Contexts that are not listed because there are too many.
             */
            left_out: number;
        };
        /** @description `POST /api/v1/requests` */
        CreateRequest: {
            /**
             * Format: int64
             * @description For how long, in seconds; the flow's default when left out.
             * @example 3600
             */
            duration_seconds?: number | null;
            /**
             * @description Why; at most 4,000 characters.
             * @example ticket 7
             */
            reason?: string;
            /**
             * @description What is asked for, each as `integration/type/resource:permission`.
             * @example [
             *       "k8s-prod/namespace/customer1:edit"
             *     ]
             */
            targets: string[];
        };
        /** @description A credential minted for this answer and stored nowhere. */
        Credential: {
            /**
             * Format: date-time
             * @description When to ask for another: the earlier of its own end and the deadline.
             */
            expires_at: string;
            /**
             * Format: password
             * @description The token. It is minted for this answer and stored nowhere.
             */
            token: string;
        };
        /** @description `POST /api/v1/requests/{number}/approve` and `…/deny` */
        Decide: {
            /**
             * Format: int64
             * @description For how long to approve, in seconds: no longer than was asked for, which it is when left out.
             *     Only to approve a request, not more time or a denial.
             * @example 1800
             */
            duration_seconds?: number | null;
            /** @description Why; at most 4,000 characters. */
            note?: string;
            /**
             * @description `seen` of the request as it was shown to whoever decides. Another one is refused with the
             *     present request.
             */
            seen: string;
        };
        /** @description What was decided about a request. */
        Decision: {
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description Handle of whoever decided; the flow's id when it approves by itself. */
            by: string;
            /** @description Why, in their words. */
            note: string;
            /**
             * Format: int32
             * @description For how long it was approved, in seconds, where that is less than was asked for.
             */
            shorter_seconds?: number | null;
            /**
             * @description `approved`, `denied`, `withdrawn` or `lapsed`.
             * @enum {string}
             */
            what: "approved" | "denied" | "withdrawn" | "lapsed";
        };
        /** @description How an integration is connected, and what is in its system that should not be. */
        Diagnosis: {
            /** @description `HTTPS_PROXY` of that shell, without a password. */
            https_proxy?: string | null;
            /** @description The integration. */
            integration: string;
            /** @description `NO_PROXY` of that shell. */
            no_proxy?: string | null;
            /** @description What other Bellhops should have taken away there, the longest overdue first: at most 100. */
            overdue: components["schemas"]["Overdue"][];
            /** @description `PATH` of the shell that connected it, where its sign-in plugin is looked for. */
            path?: string | null;
            plugin?: components["schemas"]["Plugin"] | null;
            /** @description The proxy that connections there take, without a password; they go straight when empty. */
            proxy?: string | null;
            /** @description What could not be looked at, each with why. */
            unseen: string[];
        };
        /**
         * @description `POST /api/v1/integrations/{name}/disconnect`: uses a kubeconfig context once, to take away what
         *     connecting made.
         */
        Disconnect: {
            /** @description The context to disconnect with. */
            admin: components["schemas"]["KubeconfigContext"];
            /** @description Touches nothing there, because it cannot be reached any more. */
            forget?: boolean;
        };
        /** @description What disconnecting did. */
        Disconnected: {
            /** @description The integration afterwards. */
            integration: components["schemas"]["Integration"];
            /** @description What was taken away there, each in words. */
            removed: string[];
        };
        /**
         * @description Disconnects with a kubectl context of the caller's own machine:
         *     `POST /api/v1/workstation/disconnect`.
         */
        DisconnectHere: {
            /**
             * @description The context, by name. Not needed with `forget`.
             * @example prod-admin
             */
            context?: string | null;
            /** @description Touches nothing there, because it cannot be reached any more. */
            forget?: boolean;
            /**
             * @description The integration.
             * @example k8s-prod
             */
            name: string;
        };
        /** @description `POST /api/v1/requests/{number}/end` */
        End: {
            /** @description Why; at most 4,000 characters. */
            note?: string;
        };
        /** @description The end of access, by a person. */
        Ended: {
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description Handle of whoever ended it. */
            by: string;
            /** @description Why, in their words. */
            note: string;
            /** @description `returned`, by its requester, or `revoked`, by somebody else. */
            what: string;
        };
        /** @description What still ends at a deadline with Bellhop off. */
        EndsAlone: {
            /**
             * Format: int32
             * @description At most this many seconds late.
             */
            at_most_late_seconds: number;
            /** @enum {string} */
            ends: "all";
        } | {
            /** @enum {string} */
            ends: "new_sign_ins";
        } | {
            /** @enum {string} */
            ends: "nothing";
        };
        /** @description Whether somebody may ask for a target, and why. */
        Explanation: {
            /** @description Handles of those who can change a refusal: admins. None when there is no refusal. */
            ask: string[];
            /**
             * @description What else there is to know: a target that its system does not have, a permission that is not
             *     offered there, the names that are nearest.
             */
            notes: string[];
            /** @description Handle of the person. */
            person: string;
            /** @description What a request with a reason and the flow's default duration would come to. */
            plan: components["schemas"]["Planned"];
            /** @description The target, whole. */
            target: string;
        };
        /** @description The configuration in force: `GET /api/v1/flows/export`. */
        ExportedFlows: {
            /** @description The files, by name, as they were when they were put in force. */
            files: components["schemas"]["ConfigurationFile"][];
            /**
             * @description `folder` when it is of the backend's own folder, `applied` when somebody applied it from
             *     elsewhere; nothing when no file is in force.
             */
            origin?: string | null;
        };
        /**
         * @description How the rows of an export are written.
         * @enum {string}
         */
        ExportFormat: "jsonl" | "csv";
        /** @description More time that was asked for, and what came of it. */
        Extension: {
            /**
             * Format: date-time
             * @description When it was asked for.
             */
            asked_at: string;
            decision?: components["schemas"]["Decision"] | null;
            /**
             * Format: int32
             * @description How much more time was asked for, in seconds.
             */
            seconds: number;
        };
        /** @description Work on a whole integration that failed the last time. It is tried again. */
        FailingWork: {
            /**
             * Format: date-time
             * @description When it is tried again.
             */
            next_at: string;
            /**
             * Format: int32
             * @description How often in a row.
             */
            times: number;
            /** @description The same in words. */
            what: string;
            /** @description What the last try said, and what to do. */
            why: string;
            /** @description `check`, `sweep` or `sync`. */
            work: string;
        };
        /** @description What configuration files would change. */
        FlowPlan: {
            /** @description How many flows and integrations are added. */
            add: number;
            /** @description Why these files cannot be applied as things are, and what to do. Absent when they can. */
            blocked?: string | null;
            /** @description How many are changed. */
            change: number;
            /** @description Each that does not. */
            changes: components["schemas"]["PlannedChange"][];
            /** @description Names this very plan. */
            hash: string;
            /** @description How many are removed. */
            remove: number;
            /** @description How many stay as they are. */
            unchanged: number;
        };
        /** @description What a flow says about requests under it. */
        FlowTerms: {
            /** @description Who approves, in words: `automatic`, or `ada or ben`. */
            approval: string;
            /** @description The handles that it names as approvers; none when it approves by itself. */
            approvers: string[];
            /**
             * Format: int32
             * @description How long access lasts when the request does not say, in seconds.
             */
            default_seconds: number;
            /** @description The flow's id. */
            flow: string;
            /** @description Its name. */
            flow_name: string;
            /**
             * Format: int32
             * @description The longest, in seconds.
             */
            max_seconds: number;
            /** @description Whether a reason has to be given. */
            reason_required: boolean;
        };
        /** @description One target of a request. */
        Grant: {
            /** @description Its id. */
            id: string;
            /** @description The state in the words that people read. */
            label: string;
            /** @description What there is to know: what a probe saw, why it failed, why it is still being tried. */
            note?: string | null;
            /** @description What can outlive the end of it, each in words: sessions that were open, for one. */
            remains?: string[];
            /** @description Its state, such as `applying`. */
            state: string;
            /**
             * @description What it grants.
             * @example k8s-prod/namespace/customer1:edit
             */
            target: string;
        };
        /** @description A newer backend wants to take the place of this one: `POST /api/v1/handover`. */
        Handover: {
            /**
             * @description The newer version.
             * @example 1.3.0
             */
            version: string;
        };
        /** @description Who answers: `GET /api/v1/hello`. */
        Hello: {
            /**
             * Format: int32
             * @description Version of the API.
             */
            api: number;
            /** @description Version of the program. */
            version: string;
        };
        /** @description Makes a context current: `POST /api/v1/workstation/hop`. Either a name, or back. */
        Hop: {
            /** @description Whether to go back to the one that was current before the last hop. */
            back?: boolean;
            /**
             * @description The context to make current.
             * @example minikube
             */
            name?: string | null;
        };
        /** @description What a hop came to. */
        Hopped: {
            /** @description The current context. */
            context: string;
            /** @description The one that was current before; none if there was none. */
            was?: string | null;
        };
        /** @description A connected system. */
        Integration: {
            ends_alone?: components["schemas"]["EndsAlone"] | null;
            /**
             * @description What Bellhop does there again and again, and could not do the last time. Empty when all is
             *     well.
             */
            failing?: components["schemas"]["FailingWork"][];
            /**
             * @description Connector kind.
             * @example kubernetes
             */
            kind: string;
            /** @description Rights that Bellhop lacks there, each by name. Empty until it was checked. */
            missing_rights: string[];
            /**
             * @description Its name.
             * @example k8s-prod
             */
            name: string;
            /**
             * @description The permissions that are offered there; empty until it is connected.
             * @example [
             *       "view",
             *       "edit"
             *     ]
             */
            offers?: string[];
            /**
             * @description `file` when the configuration files say what it is; `ui` when somebody made it by hand.
             * @example ui
             */
            owner?: string;
            /**
             * Format: int64
             * @description How many resources can be asked for there, by its last complete list.
             */
            resources?: number;
            /**
             * @description Where the system is; none until it is connected.
             * @example https://k8s.acme.example:6443
             */
            server?: string | null;
            /**
             * @description `active`, `degraded`, `error` or `disabled`.
             * @enum {string}
             */
            status: "active" | "degraded" | "error" | "disabled";
            /**
             * Format: date-time
             * @description When that list was read; none before the first.
             */
            synced_at?: string | null;
            /** @description Why it is not `active`, or what will stop working, and what to do; empty when all is well. */
            why: string;
        };
        /** @description All integrations, by name. */
        IntegrationList: {
            /** @description Whether there was ever one, also one that is gone. */
            any_before?: boolean;
            /** @description The integrations. */
            items: components["schemas"]["Integration"][];
        };
        /** @description A kubeconfig context of somebody who may change rights there. It is used once and not kept. */
        KubeconfigContext: {
            /** @description The context; the one of the integration's settings when left out. */
            context?: string | null;
            /** @description `HTTPS_PROXY` of that shell. */
            https_proxy?: string | null;
            /** @description The files that hold the context, as `KUBECONFIG` lists them, on the backend's machine. */
            kubeconfig: string[];
            /** @description `NO_PROXY` of that shell. */
            no_proxy?: string | null;
            /** @description `PATH` of the shell it is used from, for kubeconfig exec plugins. */
            path?: string | null;
        };
        /** @description A kubectl context. */
        KubeContext: {
            /** @description Whether Bellhop made it. It goes when the access ends. */
            bellhop: boolean;
            /** @description Whether kubectl uses it when nothing else is said. */
            current: boolean;
            /**
             * @description The file it is in.
             * @example /home/mira/.kube/config
             */
            file: string;
            /**
             * @description The integration that it was made for, if Bellhop made it.
             * @example k8s-demo
             */
            integration?: string | null;
            /**
             * @description Its name.
             * @example bellhop-k8s-demo
             */
            name: string;
            /** @description The namespace that kubectl takes when none is named. */
            namespace?: string | null;
            /** @description Whether its name says that it is for production. */
            production: boolean;
            /**
             * @description The requests that need it, if Bellhop made it.
             * @example [
             *       "R-1042"
             *     ]
             */
            requests: string[];
            /**
             * @description The cluster's address, without anything in it that signs in.
             * @example https://127.0.0.1:6443
             */
            server?: string | null;
        };
        /** @description What a kubeconfig entry is made of. */
        KubernetesAccess: {
            /** @description Certificate authority, PEM in base64; none when a public one signs it. */
            ca?: string | null;
            /** @description Name of the integration. */
            integration: string;
            /** @description Namespaces that can be used now. */
            namespaces: string[];
            /**
             * @description Address of the API server, `https://…`.
             * @example https://203.0.113.7:6443
             */
            server: string;
            /** @description Name to expect in the server's certificate, when it is not the host's. */
            tls_server_name?: string | null;
        };
        /** @description An open loopback port: `POST /api/v1/loopback`. */
        LoopbackPort: {
            /**
             * @description Where it is. Other host names than this one, `localhost` and `[::1]` are refused.
             * @example http://127.0.0.1:39107
             */
            address: string;
            /**
             * Format: password
             * @description Good once, for `POST /api/v1/session` there.
             */
            code: string;
            /**
             * Format: int64
             * @description How long the code is good for, in seconds.
             */
            code_seconds: number;
            /** @description Whether a browser finds the pages there. A backend that was built without them has the API alone. */
            pages?: boolean;
        };
        /** @description Who asks: `GET /api/v1/me`. */
        Me: {
            /**
             * @description Why no new access is given at all: what is wrong with the backend's configuration, when it
             *     does not read.
             */
            closed?: string | null;
            /** @description Short name. */
            handle: string;
            /** @description Canonical id. */
            id: string;
            /**
             * @description `admin`, `auditor` or `member`.
             * @enum {string}
             */
            role: "admin" | "auditor" | "member";
        };
        /** @description `POST /api/v1/session` */
        NewSession: {
            /**
             * Format: password
             * @description The one-time code.
             */
            code: string;
        };
        /** @description The body of calls that take nothing: `{}`, or no body at all. */
        Nothing: Record<string, never>;
        /** @description Access that another installation made and that is past its deadline. */
        Overdue: {
            binding?: components["schemas"]["RoleBindingName"] | null;
            /**
             * Format: date-time
             * @description When it should have ended.
             */
            deadline: string;
            /** @description Whose it is: the id that the installation puts on everything it makes. */
            installation: string;
            /** @description What and where it is, in words. */
            what: string;
        };
        /** @description `POST /api/v1/flows/plan` */
        PlanFlows: {
            /** @description The whole configuration: what is in none of the files is removed. 1 MiB in all. */
            files: components["schemas"]["ConfigurationFile"][];
        };
        /** @description A request that would be made. */
        Planned: {
            /**
             * Format: date-time
             * @description When access would end if it were approved now.
             */
            deadline?: string | null;
            /** @description Handles of those who could approve it for the caller; none when nobody has to. */
            decided_by: string[];
            /**
             * Format: int32
             * @description For how long, in seconds.
             */
            duration_seconds?: number | null;
            /** @description What still ends at the deadline with Bellhop off, in a sentence. */
            ends_alone: string;
            refusal?: components["schemas"]["Refused"] | null;
            /** @description Its targets, each whole. */
            targets: string[];
            under?: components["schemas"]["FlowTerms"] | null;
        };
        /** @description A flow or an integration that would be another. */
        PlannedChange: {
            /**
             * @description Whether an integration that is removed is connected. What Bellhop made there stays, unless it
             *     is disconnected first.
             */
            connected?: boolean;
            /** @description `add`, `change` or `remove`. */
            deed: string;
            /** @description What about it changes. */
            fields?: components["schemas"]["ChangedField"][];
            /**
             * @description Requests whose access is in the way of removing an integration. While there are any, the plan
             *     cannot be applied.
             */
            held_by?: string[];
            /**
             * Format: int64
             * @description Grants under a flow that are not over. They stay until their end.
             */
            live_grants: number;
            /** @description The flow's id, the integration's name. */
            name: string;
            /**
             * Format: int64
             * @description Requests under a flow that wait for somebody. Under a changed flow they are asked again, under
             *     a removed one nobody can approve them.
             */
            pending_requests: number;
            /** @description `flow` or `integration`. */
            what: string;
        };
        /** @description A kubeconfig's exec plugin. */
        Plugin: {
            /** @description As the kubeconfig names it. */
            command: string;
            /** @description Where it was found; none when it is not on the stored `PATH`. */
            found?: string | null;
        };
        /**
         * @description `POST /api/v1/requests/preview`: what `POST /api/v1/requests` with the same body would come to.
         *     Nothing is stored.
         */
        Preview: {
            refusal?: components["schemas"]["Refused"] | null;
            /** @description One request a flow. More than one means that they have to be asked for separately. */
            requests: components["schemas"]["Planned"][];
        };
        /** @description What went wrong, why, and what to do next (RFC 9457). */
        Problem: {
            /** @description Stable; match on this. */
            code: components["schemas"]["Code"];
            current?: components["schemas"]["Request"] | null;
            /**
             * @description What happened and why, for people.
             * @example there is no request R-9, or it is not yours to see
             */
            detail: string;
            /**
             * @description What to do next, for people; left out where `detail` says it.
             * @example `bellhop list` shows yours
             */
            next?: string | null;
            plan?: components["schemas"]["FlowPlan"] | null;
            /**
             * Format: int64
             * @description Seconds to wait before the same call may work, as in the header `Retry-After`.
             */
            retry_after_seconds?: number | null;
            /**
             * Format: int32
             * @description HTTP status.
             * @example 404
             */
            status: number;
            /**
             * @description The code in words.
             * @example There is no such thing
             */
            title: string;
            /**
             * @description `about:blank`: the code says which problem it is.
             * @example about:blank
             */
            type: string;
        };
        /** @description Why something would be refused. */
        Refused: {
            /** @description The stable code of the refusal. */
            code: components["schemas"]["Code"];
            /** @description What, why, and what to do next. */
            detail: string;
        };
        /** @description A request as stored. */
        Request: {
            /**
             * Format: date-time
             * @description When everything ends; nothing before it is approved.
             */
            deadline?: string | null;
            decision?: components["schemas"]["Decision"] | null;
            /**
             * Format: int32
             * @description For how long, in seconds.
             */
            duration_seconds: number;
            ended?: components["schemas"]["Ended"] | null;
            /** @description What still ends at the deadline with Bellhop off, in a sentence. */
            ends_alone: string;
            extension?: components["schemas"]["Extension"] | null;
            /** @description The flow that it obeys. */
            flow: string;
            /** @description One a target; none before it is approved. */
            grants: components["schemas"]["Grant"][];
            /** @description Its id. */
            id: string;
            /** @description The status in the words that people read. */
            label: string;
            /** @description Whether there is access left that the caller may end. */
            may_end?: boolean;
            /**
             * @description The number people say.
             * @example R-1042
             */
            number: string;
            /** @description How many of the targets are usable now. */
            open: number;
            /** @description Why, in the requester's words. */
            reason: string;
            /** @description Handle of the person who asked. */
            requester: string;
            /** @description The content as a hash: what a decision is bound to. */
            seen: string;
            /**
             * @description `pending`, `denied`, `withdrawn`, `lapsed`, `granting`, `active`, `revoking`, `ended` or
             *     `failed`.
             * @example active
             * @enum {string}
             */
            status: "pending" | "denied" | "withdrawn" | "lapsed" | "granting" | "active" | "revoking" | "ended" | "failed";
            /**
             * Format: date-time
             * @description When it was asked for.
             */
            submitted_at: string;
            /** @description What was asked for. */
            targets: string[];
            waits?: components["schemas"]["Waits"] | null;
        };
        /** @description A page of requests, newest first. */
        RequestList: {
            /** @description The requests. */
            items: components["schemas"]["Request"][];
            /** @description Pass as `cursor` for the next page; none on the last. Opaque. */
            next?: string | null;
            /** @description Those that the store cannot read, each with what is wrong with it. */
            unreadable?: string[];
        };
        /** @description Which role binding of a cluster. Whoever may make one there chose the name: quote it for a shell. */
        RoleBindingName: {
            /** @description Its name. */
            name: string;
            /** @description Where it is. */
            namespace: string;
        };
        /** @description What a code was swapped for. */
        Session: {
            /**
             * Format: password
             * @description Goes with every call on the port, as `Authorization: Bearer`. It lives as long as the port.
             */
            token: string;
        };
        /** @description How access under a flow can be extended. */
        ShownExtend: {
            /**
             * Format: int32
             * @description By how much each time, in seconds.
             */
            seconds: number;
            /**
             * Format: int32
             * @description How often.
             */
            times: number;
        };
        /** @description A flow: who may ask for what, who approves, and for how long. */
        ShownFlow: {
            /** @description Handles of those of whom one has to approve, otherwise. */
            approvers: string[];
            /** @description Whether the flow approves by itself. */
            automatic: boolean;
            /**
             * Format: int32
             * @description How long access lasts when nothing is said, in seconds.
             */
            default_seconds: number;
            extend?: components["schemas"]["ShownExtend"] | null;
            /**
             * @description Its id.
             * @example rnd-customer-data
             */
            id: string;
            /**
             * Format: int32
             * @description After so many seconds nobody can answer any more; nothing when nobody has to.
             */
            lapse_seconds?: number | null;
            /**
             * Format: int32
             * @description How long at most, in seconds.
             */
            max_seconds: number;
            /** @description The name that people read. */
            name: string;
            /** @description Whether a reason must be given. */
            reason_required: boolean;
            /** @description Handles of those who may ask. */
            requesters: string[];
            /** @description Whether an approver may approve what they asked for themselves. */
            self_approval: boolean;
            /** @description What can be asked for. */
            targets: components["schemas"]["ShownTargets"][];
            /** @description The flow as a configuration file has it (TOML). */
            text: string;
            /**
             * Format: int64
             * @description Which version of it is in force.
             */
            version: number;
        };
        /** @description The flows in force: `GET /api/v1/flows`. */
        ShownFlows: {
            /** @description The flows, by id. */
            items: components["schemas"]["ShownFlow"][];
        };
        /** @description Targets that a flow covers. */
        ShownTargets: {
            /** @description Name of the integration. */
            integration: string;
            /** @description Permissions. */
            permissions: string[];
            /** @description Names, and globs with `*` and `?`. */
            resources: string[];
            /**
             * @description Resource type.
             * @example namespace
             */
            type: string;
        };
        /** @description Where the backend keeps what it remembers: `GET /api/v1/store`. */
        StorePlace: {
            /** @description The file on the backend's machine; none when it is a PostgreSQL database. */
            file?: string | null;
        };
        /** @description A target that the caller may request, and how. */
        TargetItem: components["schemas"]["FlowTerms"] & {
            /** @description The request under which the caller can use it now. */
            active?: string | null;
            /** @description Why nobody can request it at the moment; nothing when they can. */
            closed?: string | null;
            /** @description Its integration. */
            integration: string;
            /** @description Its permission. */
            permission: string;
            /** @description Its resource. */
            resource: string;
            /** @description The whole target, `integration/type/resource:permission`. */
            target: string;
            /** @description Its resource type. */
            type: string;
        };
        /** @description A page of targets, the best match first. */
        TargetList: {
            /** @description The targets. */
            items: components["schemas"]["TargetItem"][];
            /** @description Pass as `cursor` for the next page; none on the last. */
            next?: string | null;
            /**
             * Format: int64
             * @description How many there are on all pages together.
             */
            total: number;
        };
        /**
         * @description Adds the contexts of a request's access, and makes the first of them current:
         *     `POST /api/v1/workstation/use`.
         */
        UseAccess: {
            /**
             * @description The namespace that kubectl begins in, one of the access; the first when left out.
             * @example customer1
             */
            namespace?: string | null;
            /**
             * @description The request.
             * @example R-1042
             */
            request: string;
        };
        /** @description Something that waits for somebody to decide it. */
        Waits: {
            /** @description Handles of those who may decide. */
            approvers: string[];
            /**
             * Format: int32
             * @description For an extension, how much more time was asked for, in seconds.
             */
            extend_seconds?: number | null;
            /** @description Whether the caller is one of them. */
            for_you: boolean;
            /**
             * Format: date-time
             * @description From then on nobody can decide it any more.
             */
            lapses_at: string;
        };
    };
    responses: {
        /** @description `bad_cursor`: The cursor is none of this list, or names a place that is not there. */
        Problem400: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "code": "bad_cursor",
                 *       "detail": "what happened, and why",
                 *       "next": "What to do next",
                 *       "status": 400,
                 *       "title": "The cursor does not fit",
                 *       "type": "about:blank"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `unauthenticated`: Whoever asks is not known here. */
        Problem401: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "code": "unauthenticated",
                 *       "detail": "what happened, and why",
                 *       "next": "What to do next",
                 *       "status": 401,
                 *       "title": "You are not known here",
                 *       "type": "about:blank"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `forbidden`: Whoever asks may not do this.
         *     `not_entitled`: No flow allows it.
         */
        Problem403: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "code": "forbidden",
                 *       "detail": "what happened, and why",
                 *       "next": "What to do next",
                 *       "status": 403,
                 *       "title": "You may not do this",
                 *       "type": "about:blank"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `not_found`: There is no such thing, or it is not for whoever asks.
         *     `no_workstation`: The backend runs on no machine that is the caller's own.
         */
        Problem404: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "code": "not_found",
                 *       "detail": "what happened, and why",
                 *       "next": "What to do next",
                 *       "status": 404,
                 *       "title": "There is no such thing",
                 *       "type": "about:blank"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `method_not_allowed`: The path is there, but not with this method. `Allow` names those that are. */
        Problem405: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "code": "method_not_allowed",
                 *       "detail": "what happened, and why",
                 *       "next": "What to do next",
                 *       "status": 405,
                 *       "title": "Not with this method",
                 *       "type": "about:blank"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `conflict`: The thing has changed, or its state does not fit.
         *     `workstation_failed`: A file on the caller's machine is locked, does not read, or does not have what was named.
         */
        Problem409: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "code": "conflict",
                 *       "detail": "what happened, and why",
                 *       "next": "What to do next",
                 *       "status": 409,
                 *       "title": "It has changed meanwhile",
                 *       "type": "about:blank"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `body_too_large`: The body is larger than any call takes. */
        Problem413: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "code": "body_too_large",
                 *       "detail": "what happened, and why",
                 *       "next": "What to do next",
                 *       "status": 413,
                 *       "title": "The body is too large",
                 *       "type": "about:blank"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `address_too_long`: The address is longer than any call needs. */
        Problem414: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "code": "address_too_long",
                 *       "detail": "what happened, and why",
                 *       "next": "What to do next",
                 *       "status": 414,
                 *       "title": "The address is too long",
                 *       "type": "about:blank"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `unsupported_media_type`: The body is not marked as JSON. */
        Problem415: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "code": "unsupported_media_type",
                 *       "detail": "what happened, and why",
                 *       "next": "What to do next",
                 *       "status": 415,
                 *       "title": "The body is not JSON",
                 *       "type": "about:blank"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `invalid_input`: The input does not read: syntax, unknown fields, out of bounds. */
        Problem422: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "code": "invalid_input",
                 *       "detail": "what happened, and why",
                 *       "next": "What to do next",
                 *       "status": 422,
                 *       "title": "The input is not valid",
                 *       "type": "about:blank"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `rate_limited`: Too many calls. `Retry-After` says how many seconds to wait. */
        Problem429: {
            headers: {
                /** @description Seconds to wait */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "code": "rate_limited",
                 *       "detail": "what happened, and why",
                 *       "next": "What to do next",
                 *       "status": 429,
                 *       "title": "Too many calls",
                 *       "type": "about:blank"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `internal`: The backend failed; its log says more. */
        Problem500: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "code": "internal",
                 *       "detail": "what happened, and why",
                 *       "next": "What to do next",
                 *       "status": 500,
                 *       "title": "The backend failed",
                 *       "type": "about:blank"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `integration_failed`: A connected system, or Bellhop's access to it, does not work. */
        Problem502: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "code": "integration_failed",
                 *       "detail": "what happened, and why",
                 *       "next": "What to do next",
                 *       "status": 502,
                 *       "title": "A connected system does not work",
                 *       "type": "about:blank"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `unavailable`: The store cannot be used at the moment. The same call may work later. */
        Problem503: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "code": "unavailable",
                 *       "detail": "what happened, and why",
                 *       "next": "What to do next",
                 *       "status": 503,
                 *       "title": "The store cannot be used at the moment",
                 *       "type": "about:blank"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    list_audit: {
        parameters: {
            query?: {
                /** @description Rows after this place in the log; the newest ones when left out. */
                after?: number;
                /** @description The `next` of the page before; with the same other parameters. */
                cursor?: string;
                /**
                 * @description Only what concerns this integration, or access to it.
                 * @example k8s-prod
                 */
                integration?: string;
                /**
                 * @description Only what is of this kind: a whole one, such as `grant.active`, or its first word.
                 * @example grant
                 */
                kind?: string;
                /** @description At most this many, 1 to 1,000; 100 when left out. */
                limit?: number;
                /** @description Only rows that say this somewhere: a name, a number, a reason, whatever its case. */
                q?: string;
                /**
                 * @description Only what concerns this request.
                 * @example R-1042
                 */
                request?: string;
                /** @description Only from this moment on. */
                since?: string;
                /**
                 * @description Only what concerns targets with this in their text, whatever its case.
                 * @example customer1
                 */
                target?: string;
                /** @description Only before this moment. */
                until?: string;
                /**
                 * @description Only what this person did, by handle; `system` for what nobody did.
                 * @example mira
                 */
                who?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditPage"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            414: components["responses"]["Problem414"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    export_audit: {
        parameters: {
            query?: {
                /** @description Rows after this place; all of them when left out. */
                after?: number;
                /** @description How rows are written; lines of JSON when left out. */
                format?: components["schemas"]["ExportFormat"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The rows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/jsonl": string;
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            414: components["responses"]["Problem414"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    verify_audit: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Whether every row fits the one before it */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditVerdict"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            414: components["responses"]["Problem414"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    show_catalog: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The kinds of systems */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Catalog"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            414: components["responses"]["Problem414"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    follow_events: {
        parameters: {
            query?: {
                /** @description Changes after this place in the audit log; from now on when left out. */
                after?: number;
            };
            header?: {
                /** @description The id of the last event that was seen. Goes before `after` */
                "Last-Event-ID"?: number;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The stream */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["Change"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            414: components["responses"]["Problem414"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    list_flows: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The flows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShownFlows"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            414: components["responses"]["Problem414"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    apply_flows: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApplyFlows"];
            };
        };
        responses: {
            /** @description The plan that was applied */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FlowPlan"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
        };
    };
    explain_target: {
        parameters: {
            query: {
                /**
                 * @description Handle of the person who would ask; the caller when left out. Only admins and auditors may
                 *     name somebody else.
                 */
                as?: string;
                /** @description The target, whole or as short as it is one of the person's alone. */
                target: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What asking would come to */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Explanation"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            414: components["responses"]["Problem414"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    export_flows: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The files, as they were put in force */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExportedFlows"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            414: components["responses"]["Problem414"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    plan_flows: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PlanFlows"];
            };
        };
        responses: {
            /** @description The plan */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FlowPlan"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
        };
    };
    hand_over: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Handover"];
            };
        };
        responses: {
            /** @description It stops now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Nothing"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
        };
    };
    hello: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The version of the program and of its API */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Hello"];
                };
            };
            414: components["responses"]["Problem414"];
            422: components["responses"]["Problem422"];
        };
    };
    list_integrations: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of them */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IntegrationList"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            414: components["responses"]["Problem414"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    show_integration: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The integration's name
                 * @example k8s-prod
                 */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The integration */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Integration"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            414: components["responses"]["Problem414"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
        };
    };
    check_integration: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The integration's name
                 * @example k8s-prod
                 */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Nothing"];
            };
        };
        responses: {
            /** @description The integration as found */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Integration"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
        };
    };
    connect_integration: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The integration's name
                 * @example k8s-prod
                 */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConnectKubernetes"];
            };
        };
        responses: {
            /** @description What connecting did */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Connected"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
        };
    };
    mint_credential: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The integration's name
                 * @example k8s-prod
                 */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Nothing"];
            };
        };
        responses: {
            /** @description The credential */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Credential"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
        };
    };
    diagnose_integration: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The integration's name
                 * @example k8s-prod
                 */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was found */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Diagnosis"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            414: components["responses"]["Problem414"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
        };
    };
    disconnect_integration: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The integration's name
                 * @example k8s-prod
                 */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Disconnect"];
            };
        };
        responses: {
            /** @description What disconnecting did */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Disconnected"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
        };
    };
    show_manifest: {
        parameters: {
            query?: {
                /** @description Namespaces, separated by commas; the whole cluster when left out. */
                namespaces?: string;
                /** @description Roles that may be granted, separated by commas; `view,edit` when left out. */
                offer?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The integration's name
                 * @example k8s-prod
                 */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A manifest to read or apply */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            414: components["responses"]["Problem414"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
        };
    };
    preview_connection: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The integration's name
                 * @example k8s-prod
                 */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConnectKubernetes"];
            };
        };
        responses: {
            /** @description What was found */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConnectPreview"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
        };
    };
    sync_integration: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The integration's name
                 * @example k8s-prod
                 */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Nothing"];
            };
        };
        responses: {
            /** @description The integration as found */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Integration"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
        };
    };
    open_loopback: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Nothing"];
            };
        };
        responses: {
            /** @description Where it is, and a one-time code */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LoopbackPort"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
        };
    };
    me: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The caller */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            414: components["responses"]["Problem414"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    list_requests: {
        parameters: {
            query?: {
                /** @description The `next` of the page before; with the same other parameters. */
                cursor?: string;
                /** @description At most this many, 1 to 200; 50 when left out. */
                limit?: number;
                /** @description Leave out what is over. */
                open?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RequestList"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            414: components["responses"]["Problem414"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    create_request: {
        parameters: {
            query?: never;
            header?: {
                /** @description A random key of the caller's own making. The same call under the same key gets the answer of the first time, for a day; another one is refused */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateRequest"];
            };
        };
        responses: {
            /** @description The request as stored */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Request"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
        };
    };
    show_request: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The request's number
                 * @example R-1042
                 */
                number: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request as stored */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Request"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            414: components["responses"]["Problem414"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
        };
    };
    show_access: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The request's number
                 * @example R-1042
                 */
                number: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Access details */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccessDetails"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            414: components["responses"]["Problem414"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
        };
    };
    ask_again: {
        parameters: {
            query?: never;
            header?: {
                /** @description A random key of the caller's own making. The same call under the same key gets the answer of the first time, for a day; another one is refused */
                "idempotency-key"?: string;
            };
            path: {
                /**
                 * @description The request's number
                 * @example R-1042
                 */
                number: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Again"];
            };
        };
        responses: {
            /** @description The new request as stored */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Request"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
        };
    };
    approve_request: {
        parameters: {
            query?: never;
            header?: {
                /** @description A random key of the caller's own making. The same call under the same key gets the answer of the first time, for a day; another one is refused */
                "idempotency-key"?: string;
            };
            path: {
                /**
                 * @description The request's number
                 * @example R-1042
                 */
                number: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Decide"];
            };
        };
        responses: {
            /** @description The request as stored */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Request"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
        };
    };
    deny_request: {
        parameters: {
            query?: never;
            header?: {
                /** @description A random key of the caller's own making. The same call under the same key gets the answer of the first time, for a day; another one is refused */
                "idempotency-key"?: string;
            };
            path: {
                /**
                 * @description The request's number
                 * @example R-1042
                 */
                number: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Decide"];
            };
        };
        responses: {
            /** @description The request as stored */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Request"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
        };
    };
    end_request: {
        parameters: {
            query?: never;
            header?: {
                /** @description A random key of the caller's own making. The same call under the same key gets the answer of the first time, for a day; another one is refused */
                "idempotency-key"?: string;
            };
            path: {
                /**
                 * @description The request's number
                 * @example R-1042
                 */
                number: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["End"];
            };
        };
        responses: {
            /** @description The request as stored */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Request"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
        };
    };
    extend_request: {
        parameters: {
            query?: never;
            header?: {
                /** @description A random key of the caller's own making. The same call under the same key gets the answer of the first time, for a day; another one is refused */
                "idempotency-key"?: string;
            };
            path: {
                /**
                 * @description The request's number
                 * @example R-1042
                 */
                number: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Nothing"];
            };
        };
        responses: {
            /** @description The request as stored */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Request"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
        };
    };
    withdraw_request: {
        parameters: {
            query?: never;
            header?: {
                /** @description A random key of the caller's own making. The same call under the same key gets the answer of the first time, for a day; another one is refused */
                "idempotency-key"?: string;
            };
            path: {
                /**
                 * @description The request's number
                 * @example R-1042
                 */
                number: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Nothing"];
            };
        };
        responses: {
            /** @description The request as stored */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Request"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
        };
    };
    preview_request: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateRequest"];
            };
        };
        responses: {
            /** @description One request a flow, or the refusal */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Preview"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
        };
    };
    begin_session: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewSession"];
            };
        };
        responses: {
            /** @description The token */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
        };
    };
    show_store: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The place of the store */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StorePlace"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            414: components["responses"]["Problem414"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    search_targets: {
        parameters: {
            query?: {
                /** @description The `next` of the page before. */
                cursor?: string;
                /** @description At most this many, 1 to 200; 20 when left out. */
                limit?: number;
                /**
                 * @description Words that have to be in the target or in its tags, in any order and letter case, each with
                 *     letters left out between; at most 200 characters. Empty: everything, what was requested
                 *     lately first.
                 */
                q?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TargetList"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            414: components["responses"]["Problem414"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    connect_here: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConnectHere"];
            };
        };
        responses: {
            /** @description What connecting did */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Connected"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
        };
    };
    list_contexts: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The contexts */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Contexts"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            414: components["responses"]["Problem414"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    disconnect_here: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DisconnectHere"];
            };
        };
        responses: {
            /** @description What disconnecting did */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Disconnected"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
        };
    };
    hop: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Hop"];
            };
        };
        responses: {
            /** @description The context is current */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Hopped"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
        };
    };
    preview_connection_here: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConnectHere"];
            };
        };
        responses: {
            /** @description What was found */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConnectPreview"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
        };
    };
    use_access: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UseAccess"];
            };
        };
        responses: {
            /** @description The context is current */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Hopped"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
        };
    };
    healthz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /** @example ok */
                    "text/plain": string;
                };
            };
            414: components["responses"]["Problem414"];
            422: components["responses"]["Problem422"];
        };
    };
    metrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Everything that is measured */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/openmetrics-text; version=1.0.0; charset=utf-8": string;
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            414: components["responses"]["Problem414"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    readyz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It can */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /** @example ready */
                    "text/plain": string;
                };
            };
            414: components["responses"]["Problem414"];
            422: components["responses"]["Problem422"];
            503: components["responses"]["Problem503"];
        };
    };
}
